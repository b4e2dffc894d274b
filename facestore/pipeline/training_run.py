"""What all trainings by gradient share: parts of a data set, running, the recipe, the curves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.catalog.encoders import StoredEncoder
from facestore.pipeline.context import Stores, versions
from facestore.pipeline.judging import Judge
from facestore.pipeline.training_set import NO_VECTOR, Choice, TrainingSet
from facestore.training.events import EventFiles
from facestore.training.heads import (
    AGE_DIVISOR,
    AGE_SHARE,
    GENDER_DIVISOR,
    MSE,
    NO_CLASS,
    HeadTask,
    MultiTaskModel,
    age_gender_tasks,
)
from facestore.training.inputs import Augmentation, Inputs, Labelled
from facestore.training.loop import Training
from facestore.training.loop_options import LoopOptions
from facestore.training.records import EpochRecord, StepRecord

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
class SamplePart:
    """Images, each once, with the targets of all heads.

    Attributes
    ----------
    image_ids
        N images.
    targets
        By attribute: int64 (N,) numbers of classes, -1 where there is no label; or float64 (N,),
        NaN where there is none.
    """

    image_ids: tuple[str, ...]
    targets: dict[str, npt.NDArray[Any]]


def parts_of(sets: Sequence[TrainingSet], numbers: frozenset[str]) -> tuple[SamplePart, SamplePart]:
    """Return what is fitted and what is held back: an image is read once for all heads.

    Of samples that show the same image with different labels the first one's label is taken.
    """
    fit = _part(sets, [each.fit for each in sets], numbers, without=())
    held = _part(sets, [each.validation for each in sets], numbers, without=fit.image_ids)
    return fit, held


def _part(
    sets: Sequence[TrainingSet],
    chosen: Sequence[Any],
    numbers: frozenset[str],
    without: Sequence[str],
) -> SamplePart:
    excluded = set(without)
    image_ids = tuple(sorted({key for each in chosen for key in each.keys} - excluded))
    row_of = {key: row for row, key in enumerate(image_ids)}
    targets: dict[str, npt.NDArray[Any]] = {}
    for of_attribute, samples in zip(sets, chosen, strict=True):
        if of_attribute.attribute in numbers:
            values: npt.NDArray[Any] = np.full(len(image_ids), np.nan)
            target_of = {label: label for label in samples.labels}
        else:
            values = np.full(len(image_ids), NO_CLASS, dtype=np.int64)
            target_of = {name: number for number, name in enumerate(of_attribute.classes)}
        for key, label in zip(reversed(samples.keys), reversed(samples.labels), strict=True):
            if key in row_of:
                values[row_of[key]] = target_of[label]
        targets[of_attribute.attribute] = values
    return SamplePart(image_ids, targets)


def tasks_of(
    sets: Sequence[TrainingSet], age: AgeOptions | None, fit: SamplePart
) -> tuple[HeadTask, ...]:
    """Return what the heads learn."""
    classes = {each.attribute: each.classes for each in sets}
    if age is None:
        return tuple(HeadTask(attribute, names) for attribute, names in classes.items())
    of_age, of_gender = age_gender_tasks(
        classes[GENDER],
        age_share=age.share,
        age_loss=age.loss,
        age_delta=age.delta,
        age_divisor=age.divisor,
        gender_divisor=age.gender_divisor,
    )
    return of_age.fitted_to(fit.targets[AGE]), of_gender


def run_training(
    stores: Stores,
    model: MultiTaskModel,
    fit: SamplePart,
    held: SamplePart,
    inputs: tuple[Inputs, Inputs],
    options: GradientOptions,
    *,
    checkpoint: Path,
    recipe: str,
) -> tuple[EpochRecord, ...]:
    """Train, or go on where the checkpoint ends; return the epochs.

    Parameters
    ----------
    stores
        The store; it is read, not written.
    model
        Trained in place.
    fit, held, inputs
        Samples with their targets, and the inputs of both.
    options
        How.
    checkpoint
        File of the state, for the case of an interruption.
    recipe
        Digest of all that decides the result.
    """
    judge = Judge(model.tasks, held.targets, stores.catalog.samples.classes())
    training = Training(
        model,
        Labelled(inputs[0], fit.targets),
        Labelled(inputs[1], held.targets) if held.image_ids else None,
        options.loop,
        checkpoint=checkpoint,
        identity={"recipe": recipe},
        judge=judge,
    )
    events = None
    if options.tensorboard is not None:
        events = EventFiles(options.tensorboard, stores.notify)
    if training.n_done:
        stores.notify(f"resumed after step {training.n_done:,} of {training.n_steps:,}")
    with stores.progress.task("Training", training.n_steps) as task:
        task.advance(training.n_done)
        for record in training.run():
            if events is not None:
                events.write(record)
            if isinstance(record, StepRecord):
                task.advance()
            else:
                stores.notify(_epoch_line(record, options.loop.epochs))
    if events is not None:
        events.close()
    judge.close()
    return training.history


def training_facts(
    choice: Choice,
    options: GradientOptions,
    sets: Sequence[TrainingSet],
    fit: SamplePart,
    held: SamplePart,
    history: Sequence[EpochRecord],
    recipe: str,
) -> dict[str, Any]:
    """Return what a file says of its training."""
    return {
        **asdict(choice),
        "options": asdict(options.loop),
        "age": None if options.age is None else asdict(options.age),
        "augmentation": asdict(options.augmentation) if options.augmentation else None,
        "n_samples": len(fit.image_ids),
        "n_held_back": len(held.image_ids),
        "left_out": {each.attribute: each.left_out for each in sets},
        "samples_sha256": {each.attribute: each.fit.sha256 for each in sets},
        "best_epoch": max(each.epoch for each in history if each.is_best),
        "epochs": [asdict(each) for each in history],
        "leaks": "kept by --force" if options.force else "none",
        "data_licence": options.data_licence,
        "recipe_sha256": recipe,
        "versions": versions(),
    }


def recipe_of(
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


def curves_of(training: Mapping[str, Any], attributes: Sequence[str]) -> dict[str, list[Any]]:
    """Return rows of `training_steps` by attribute, from what a file says of its training."""
    epochs = [EpochRecord.from_json(each) for each in training.get("epochs", ())]
    return {
        attribute: [row for epoch in epochs for row in epoch.rows(attribute)]
        for attribute in attributes
    }


def without_file(sets: Sequence[TrainingSet]) -> list[TrainingSet]:
    """Return the sets with the reason that holds for images: they need a file, not a vector."""
    from dataclasses import replace

    names = {NO_VECTOR: "no image in a folder that was ingested"}
    return [
        replace(each, left_out={names.get(why, why): n for why, n in each.left_out.items()})
        for each in sets
    ]


def _epoch_line(record: EpochRecord, n_epochs: int) -> str:
    parts = [f"epoch {record.epoch} of {n_epochs}: loss {record.train.loss:.4f}"]
    if record.validation is not None:
        parts.append(f"held back {record.validation.loss:.4f}")
        for attribute, figures in record.validation.figures.items():
            name = "mae" if "mae" in figures else "accuracy"
            parts.append(f"{attribute} {name} {figures[name]:.4g}")
    return ", ".join(parts)
