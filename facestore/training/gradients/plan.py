"""What a training by gradient is to do: options, samples, where its file goes, its fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import InputError
from facestore.stores import Stores, recorded
from facestore.training import HeadsFile
from facestore.training.gradients.finetuned import FinetunedFile
from facestore.training.gradients.loop_options import LoopOptions
from facestore.training.heads import AGE_DIVISOR, AGE_SHARE, GENDER_DIVISOR, MSE
from facestore.training.inputs import Augmentation
from facestore.training.samples import (
    NO_VECTOR,
    Choice,
    TrainingSet,
    choose,
    leaking_samples,
)

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


@dataclass(frozen=True)
class GradientOptions:
    """How heads are trained by gradients.

    Attributes
    ----------
    attributes
        One head each.
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
    force, drop_leaks
        Train on images that are held out elsewhere; or leave them out.
    name
        Of the heads; made up if None.
    data_licence
        Of the training data, as the user states it.
    tensorboard
        Folder for event files; None: none are written.
    """

    attributes: tuple[str, ...]
    loop: LoopOptions
    age: AgeOptions | None = None
    n_blocks: int = 0
    augmentation: Augmentation | None = None
    workers: int = 0
    force: bool = False
    drop_leaks: bool = False
    name: str | None = None
    data_licence: str | None = None
    tensorboard: Path | None = None

    @property
    def numbers(self) -> frozenset[str]:
        """Attributes that are numbers."""
        return frozenset() if self.age is None else frozenset([AGE])


@dataclass(frozen=True)
class TrainingPlan:
    """A training that is to be done, or was.

    Attributes
    ----------
    encoder
        The model to begin from, or whose vectors are fitted.
    choice, options
        Which samples, and how.
    sets
        The samples, by attribute.
    name, path
        Of the heads; of their file.
    recipe
        Digest of all that decides the heads, so that nothing is trained twice.
    is_new
        Whether there is no such file yet.
    """

    encoder: StoredEncoder
    choice: Choice
    options: GradientOptions
    sets: Sequence[TrainingSet]
    name: str
    path: Path
    recipe: str
    is_new: bool

    @property
    def checkpoint(self) -> Path:
        """Where the state is kept in case of an interruption."""
        return self.path.with_suffix(".checkpoint")

    @contextmanager
    def recorded(self, store: Stores, command: str) -> Iterator[None]:
        """Write a row of `runs`; a checkpoint is not needed after success."""
        arguments = asdict(self.choice) | {
            "name": self.name,
            "encoder": self.encoder.name,
            "file": str(self.path),
        }
        with recorded(store, command, arguments) as counts:
            yield
            counts["n_heads"] = len(self.sets)
        self.checkpoint.unlink(missing_ok=True)

    def check(self, heads: FinetunedFile | HeadsFile) -> None:
        """Refuse a file that was made in another way.

        Raises
        ------
        InputError
            If it was.
        """
        if heads.training.get("recipe_sha256") != self.recipe:
            message = (
                f"'{self.path}' holds heads that were trained on other samples or with other "
                "options: give these another --name."
            )
            raise InputError(message)


def plan_training(
    store: Stores,
    folder: Path,
    encoder: StoredEncoder,
    choice: Choice,
    options: GradientOptions,
    *,
    keys: Collection[str],
    name: str,
    without_key: str = NO_VECTOR,
) -> TrainingPlan:
    """Choose samples, refuse leaks, and say where the file goes.

    Parameters
    ----------
    store
        The store.
    folder
        Where files of heads are written.
    encoder, choice, options
        What is trained, on which samples, how.
    keys
        Images that can be learned from.
    name
        Of the heads where the options have none.
    without_key
        What is said of samples whose image is not among `keys`.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to train on.
    """
    store.catalog.samples.require_dataset(choice.dataset)
    leaking = leaking_samples(
        store, choice.dataset, choice.split, force=options.force, drop=options.drop_leaks
    )
    chosen = choose(
        store,
        options.attributes,
        choice,
        with_vector=keys,
        leaking=leaking,
        numbers=options.numbers,
    )
    said = {NO_VECTOR: without_key}
    sets = [
        replace(each, left_out={said.get(why, why): n for why, n in each.left_out.items()})
        for each in chosen
    ]
    name = options.name or name
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', name)}.safetensors"
    recipe = _recipe(encoder, choice, options, sets)
    return TrainingPlan(encoder, choice, options, sets, name, path, recipe, not path.exists())


def _recipe(
    encoder: StoredEncoder, choice: Choice, options: GradientOptions, sets: Sequence[TrainingSet]
) -> str:
    """Return a digest of all that decides the heads, so that nothing is trained twice."""
    loop = asdict(options.loop)
    del loop["checkpoint_every"]
    decisive = {
        "encoder": encoder.vectors,
        "samples": {each.attribute: [each.fit.sha256, each.validation.sha256] for each in sets},
        "choice": asdict(choice),
        "blocks": options.n_blocks,
        "loop": loop,
        "age": None if options.age is None else asdict(options.age),
        "augmentation": asdict(options.augmentation) if options.augmentation else None,
        "data_licence": options.data_licence,
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
