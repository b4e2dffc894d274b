"""What a training by gradients can be told, beside what every training can."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.heads import AGE, AgeOptions
from facestore.training.inputs import Augmentation
from facestore.training.plan import TrainingOptions


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
