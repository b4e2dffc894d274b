"""How a training goes: epochs, rates, precision, seed."""

from dataclasses import dataclass

from facestore.errors import UnknownChoiceError
from facestore.numbers import COUNT, NOT_NEGATIVE, PART, POSITIVE, SEED, check_number

FP32, BF16 = "fp32", "amp_bf16"
TRAINING_PRECISIONS = (FP32, BF16)


@dataclass(frozen=True)
class LoopOptions:
    """How to train.

    Attributes
    ----------
    epochs
        Passes over the training samples, at most.
    batch_size
        Samples a step.
    lr, head_lr
        Highest learning rates of the tower's blocks and of the heads.
    weight_decay
        Of matrices; norms and biases do not decay.
    warmup
        Share of all steps in which the rates rise.
    clip_norm
        Longest gradient; longer ones are shortened to it.
    patience
        Epochs without a lower validation loss before it stops; None: never.
    precision
        One of `TRAINING_PRECISIONS`; bfloat16 is worth it on CUDA. Weights stay float32.
    checkpoint_every
        Steps between checkpoints; there is one at the end of every epoch as well.
    seed
        Of the order of samples, of the changes of images, and of dropout.
    """

    epochs: int = 5
    batch_size: int = 64
    lr: float = 1e-5
    head_lr: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    clip_norm: float = 1.0
    patience: int | None = 2
    precision: str = FP32
    checkpoint_every: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if self.precision not in TRAINING_PRECISIONS:
            raise UnknownChoiceError("precision", self.precision, TRAINING_PRECISIONS)
        wanted = {
            COUNT: ("epochs", "batch_size", "checkpoint_every", "patience"),
            SEED: ("seed",),
            POSITIVE: ("lr", "head_lr", "clip_norm"),
            NOT_NEGATIVE: ("weight_decay",),
            PART: ("warmup",),
        }
        for expected, names in wanted.items():
            for name in names:
                check_number(name, getattr(self, name), expected)


# Linear heads on stored vectors take no time, and bear higher rates.
VECTOR_LOOP = LoopOptions(epochs=60, batch_size=256, head_lr=1e-2, patience=8)
