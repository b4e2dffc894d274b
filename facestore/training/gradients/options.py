"""What a training by gradients can be told, beside what every training can."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.heads import AGE_DIVISOR, AGE_SHARE, GENDER_DIVISOR, MSE
from facestore.training.inputs import Augmentation
from facestore.training.plan import TrainingOptions

AGE, GENDER = "age", "gender"


@dataclass(frozen=True)
class AgeOptions:
    """How age in years and gender are weighed against each other.

    Attributes
    ----------
    share
        Of the age in the sum of losses, in [0, 1]; gender has the rest.
    loss
        `mse`, or `huber`.
    delta
        Years from which the Huber loss grows as the error and not as its square.
    divisor, gender_divisor
        What the two losses are divided by, so that they are of one size.
    """

    share: float = AGE_SHARE
    loss: str = MSE
    delta: float = 5.0
    divisor: float = AGE_DIVISOR
    gender_divisor: float = GENDER_DIVISOR


@dataclass(frozen=True, kw_only=True)
class GradientOptions(TrainingOptions):
    """How heads are trained by gradients; more of `TrainingOptions`.

    Attributes
    ----------
    loop
        Epochs, rates, seed ...
    age
        Age is a number of years, trained together with gender; None: all heads tell classes.
    n_blocks
        How many blocks of the encoder are trained, from the last; 0: only the heads.
    augmentation
        How images are changed; None: not at all.
    workers
        Threads that read and decode.
    tensorboard
        Folder for event files; None: none are written.
    """

    loop: LoopOptions
    age: AgeOptions | None = None
    n_blocks: int = 0
    augmentation: Augmentation | None = None
    workers: int = 0
    tensorboard: Path | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """Age, if it is learnt in years."""
        return frozenset() if self.age is None else frozenset([AGE])

    def decisive(self) -> dict[str, Any]:
        """Return what decides the heads; how often they are saved on the way does not."""
        loop = asdict(self.loop)
        del loop["checkpoint_every"]
        return super().decisive() | {
            "blocks": self.n_blocks,
            "loop": loop,
            "age": None if self.age is None else asdict(self.age),
            "augmentation": asdict(self.augmentation) if self.augmentation else None,
        }
