"""What all trainings by gradient share: parts of a data set, running, the curves."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.errors import InputError
from facestore.stores import Stores
from facestore.training.events import EventFiles
from facestore.training.gradients.checkpoint import checkpoint_path
from facestore.training.gradients.loop import Training
from facestore.training.gradients.options import GradientOptions
from facestore.training.gradients.validation import ValidationMetrics
from facestore.training.heads import (
    AGE,
    GENDER,
    NO_CLASS,
    AgeOptions,
    HeadTask,
    MultiTaskModel,
    age_gender_tasks,
)
from facestore.training.inputs import Inputs, Labelled
from facestore.training.plan import TrainingPlan
from facestore.training.records import EpochRecord, StepRecord
from facestore.training.samples import Examples, TrainingSet


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
    examples: Sequence[Examples],
    numbers: frozenset[str],
    without: Sequence[str],
) -> SamplePart:
    excluded = set(without)
    image_ids = tuple(sorted({key for each in examples for key in each.keys} - excluded))
    row_of = {key: row for row, key in enumerate(image_ids)}
    targets: dict[str, npt.NDArray[Any]] = {}
    for of_attribute, samples in zip(sets, examples, strict=True):
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
    of_age, of_gender = age_gender_tasks(classes[GENDER], age)
    return of_age.fitted_to(fit.targets[AGE]), of_gender


def run_training(
    store: Stores,
    plan: TrainingPlan[GradientOptions],
    model: MultiTaskModel,
    fit: tuple[SamplePart, Inputs],
    held: tuple[SamplePart, Inputs],
) -> dict[str, Any]:
    """Train, or go on where the checkpoint ends; return what a file says of its training.

    Heads that have learnt nothing are dropped from the model, and said.

    Parameters
    ----------
    store
        The store; it is read, not written.
    plan
        What is trained, and how.
    model
        Trained in place.
    fit, held
        Samples with their targets, and their inputs.
    """
    options, (fit_part, fit_inputs), (held_part, held_inputs) = plan.options, fit, held
    metrics = ValidationMetrics(model.tasks, held_part.targets, store.catalog.samples.classes())
    training = Training(
        model,
        Labelled(fit_inputs, fit_part.targets),
        Labelled(held_inputs, held_part.targets) if held_part.image_ids else None,
        options.loop,
        checkpoint=checkpoint_path(plan.path),
        identity={"recipe": plan.recipe},
        compute_metrics=metrics,
    )
    events = None
    if options.tensorboard is not None:
        events = EventFiles(options.tensorboard, store.notify)
    if training.n_done:
        store.notify(f"resumed after step {training.n_done:,} of {training.n_steps:,}")
    with store.progress.task("Training", training.n_steps) as task:
        task.advance(training.n_done)
        for record in training.run():
            if events is not None:
                events.write(record)
            if isinstance(record, StepRecord):
                task.advance()
            else:
                store.notify(_epoch_line(record, options.loop.epochs))
    if events is not None:
        events.close()
    metrics.close()
    try:
        untrained = model.drop_untrained()
    except InputError:  # with other options it is another training
        checkpoint_path(plan.path).unlink(missing_ok=True)
        raise
    return plan.facts(
        options=asdict(options.loop),
        age=None if options.age is None else asdict(options.age),
        augmentation=asdict(options.augmentation) if options.augmentation else None,
        n_samples=len(fit_part.image_ids),
        n_held_back=len(held_part.image_ids),
        left_out={each.attribute: each.left_out for each in plan.sets},
        untrained=untrained,
        samples_sha256={each.attribute: each.fit.sha256 for each in plan.sets},
        best_epoch=max(each.epoch for each in training.history if each.is_best),
        epochs=[asdict(each) for each in training.history],
    )


def _epoch_line(record: EpochRecord, n_epochs: int) -> str:
    parts = [f"epoch {record.epoch} of {n_epochs}: loss {record.train.loss:.4f}"]
    if record.validation is not None:
        parts.append(f"held back {record.validation.loss:.4f}")
        for attribute, figures in record.validation.figures.items():
            name = "mae" if "mae" in figures else "accuracy"
            parts.append(f"{attribute} {name} {figures[name]:.4g}")
    return ", ".join(parts)
