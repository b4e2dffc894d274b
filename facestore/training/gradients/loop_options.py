"""How a training goes: epochs, rates, precision, seed."""

import math
from dataclasses import dataclass

from facestore.errors import InputError, UnknownChoiceError

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
        for name in ("epochs", "batch_size", "checkpoint_every"):
            self._expect(name, "a number from 1 up", getattr(self, name) >= 1)
        self._expect("patience", "a number from 1 up", self.patience is None or self.patience >= 1)
        self._expect("seed", "a number from 0 up", self.seed >= 0)
        for name in ("lr", "head_lr", "clip_norm"):
            self._expect(name, "a number above 0", 0 < getattr(self, name) < math.inf)
        self._expect("weight_decay", "a number from 0 up", 0 <= self.weight_decay < math.inf)
        self._expect("warmup", "a share in [0, 1)", 0 <= self.warmup < 1)

    def _expect(self, name: str, what: str, is_so: bool) -> None:
        if not is_so:
            message = f"`{name}={getattr(self, name)}`: {what} was expected."
            raise InputError(message)


# Linear heads on stored vectors take no time, and bear higher rates.
VECTOR_LOOP = LoopOptions(epochs=60, batch_size=256, head_lr=1e-2, patience=8)
