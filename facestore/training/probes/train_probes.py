"""Train probes: linear heads on stored vectors, saved as a file, with predictions and a card."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from facestore.config import HEADS_FOLDER
from facestore.errors import InputError, ParametersError
from facestore.numbers import COUNT, POSITIVE, Range, check_number
from facestore.progress import Task
from facestore.recorded_vectors import checked_images, encoder_with_images
from facestore.records import AnyPath, Float32
from facestore.stores import Stores
from facestore.training.classify_vectors import VectorClassifier
from facestore.training.features import Features, Part
from facestore.training.files import Head, HeadsFile, load_heads, save_heads
from facestore.training.plan import (
    TrainingOptions,
    TrainingPlan,
    TrainSummary,
    carry_out,
    plan_trainings,
)
from facestore.training.probes.probe import (
    N_SWEEP_FITS,
    FittedHead,
    SweepStep,
    fit_softmax,
    sweep_l2,
)
from facestore.training.samples import Choice, Examples, TrainingSet
from facestore.vector_table import VectorTable

PROBE = "linear_probe"


@dataclass(frozen=True, kw_only=True)
class ProbeOptions(TrainingOptions):
    """How probes are trained; more of `TrainingOptions`.

    Attributes
    ----------
    l2
        Strength of the penalty, 1 / C of scikit-learn; None: chosen on what is held back.
    balanced
        Whether every class has the same weight.
    n_seeds
        For few shots: how many choices of samples, each a file of its own.
    """

    l2: float | None = None
    balanced: bool = False
    n_seeds: int = 1

    def decisive(self) -> dict[str, Any]:
        """Return what decides the heads, beside the encoder and the samples."""
        return super().decisive() | {"l2": self.l2, "balanced": self.balanced}


def train_probe(
    store: Stores,
    *,
    attributes: Sequence[str],
    dataset: str,
    split: str | None = "train",
    model: str | None = None,
    val_split: str | None = None,
    val_fraction: float = 0.1,
    class_weight: str | None = None,
    few_shot: int | None = None,
    seeds: int = 1,
    seed: int = 0,
    l2: float | None = None,
    force: bool = False,
    drop_leaks: bool = False,
    name: str | None = None,
    out: AnyPath | None = None,
    data_licence: str | None = None,
) -> list[TrainSummary]:
    """Fit a linear head for each attribute on vectors that are there; predict with them.

    The penalty is chosen as in the CLIP paper (see `docs/training.md`). The same call again
    changes nothing.

    Parameters
    ----------
    attributes
        `gender`, `race`, `age` ...
    dataset, split
        What is fitted; split None: the samples without one.
    model
        The encoder; not needed where only one has image vectors.
    val_split
        A split to choose the penalty on. It is not fitted.
    val_fraction
        Share of the images of `split` to choose the penalty on where there is no `val_split`;
        they are fitted in the end.
    class_weight
        `balanced`: every class weighs the same.
    few_shot, seeds
        Fit so many images a class, chosen anew for each of so many seeds.
    seed
        The first seed.
    l2
        Strength of the penalty, 1 / C of scikit-learn; None: chosen.
    force, drop_leaks
        Train on images that other splits hold, too, or leave them out.
    name
        Name of the heads; the classifiers are called name and attribute.
    out
        Folder of the files; that of the store, `heads`, by default.
    data_licence
        Licence of the training data, for the model card.

    Returns
    -------
    list of TrainSummary
        One, or one a seed.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to fit, or the name belongs to heads that were trained otherwise.
    """
    store.output(out, HEADS_FOLDER)  # before any work
    options = ProbeOptions(
        attributes=tuple(attributes),
        l2=l2,
        balanced=class_weight == "balanced",
        n_seeds=seeds,
        force=force,
        drop_leaks=drop_leaks,
        name=name,
        data_licence=data_licence,
    )
    choice = Choice(dataset, split, val_split, val_fraction, few_shot, seed)
    _check(class_weight, few_shot, seeds, l2)
    encoder = encoder_with_images(store, model)
    images = checked_images(store, encoder)
    plans = plan_trainings(
        store,
        encoder,
        choice,
        options,
        has_input=images.has,
        name=f"{encoder.name} probe {dataset}",
        out=out,
        n_seeds=seeds,
    )
    return [
        carry_out(
            store,
            plan,
            "train probe",
            arguments=asdict(options),
            fit=partial(_fit_all, store, plan, images),
            classifier=partial(_classifier, plan),
        )
        for plan in plans
    ]


def _check(class_weight: str | None, few_shot: int | None, seeds: int, l2: float | None) -> None:
    if seeds > 1 and few_shot is None:
        message = f"`seeds={seeds}`: more than 1 goes with `few_shot=K` alone."
        raise ParametersError(message)
    if class_weight not in (None, "balanced"):
        message = f"`class_weight={class_weight}`: 'balanced' was expected, or leave it out."
        raise InputError(message)
    check_number("few_shot", few_shot, Range("1 image a class or more", low=1, whole=True))
    check_number("seeds", seeds, COUNT)
    check_number("l2", l2, POSITIVE)


def _classifier(plan: TrainingPlan[ProbeOptions]) -> VectorClassifier:
    return VectorClassifier(plan.path, load_heads(plan.path), plan.encoder)


def _fit_all(store: Stores, plan: TrainingPlan[ProbeOptions], images: VectorTable) -> int:
    """Fit the head of each attribute, save them, and return how many; vectors are read once."""
    # Those that are fitted first, so that most parts are slices and need no copy.
    keys = dict.fromkeys(key for each in plan.sets for key in each.fit.keys)
    keys |= dict.fromkeys(key for each in plan.sets for key in each.validation.keys)
    row_of = {key: row for row, key in enumerate(keys)}
    features = Features.taking_over(read_vectors(images, row_of))
    n_fits = len(plan.sets) * (1 if plan.options.l2 is not None else N_SWEEP_FITS + 1)
    with store.progress.task("Fitting", n_fits) as task:
        heads = tuple(_fit(each, features, row_of, plan, task) for each in plan.sets)
    facts = plan.facts(class_weight="balanced" if plan.options.balanced else None)
    save_heads(plan.path, HeadsFile(plan.name, PROBE, plan.encoder.record, heads, facts))
    return len(heads)


def read_vectors(images: VectorTable, row_of: dict[str, int]) -> Float32:
    """Read vectors into rows of one array, float32 (N, D)."""
    vectors = np.empty((len(row_of), images.width() or 0), dtype=np.float32)
    for batch in images.batches():
        rows = np.array([row_of.get(key, -1) for key in batch.keys], dtype=np.int64)
        wanted = np.flatnonzero(rows >= 0)
        vectors[rows[wanted]] = batch.vectors[wanted]
    return vectors


def _fit(
    samples: TrainingSet,
    features: Features,
    row_of: dict[str, int],
    plan: TrainingPlan[ProbeOptions],
    task: Task,
) -> Head:
    choice, options = plan.choice, plan.options
    number_of = {name: i for i, name in enumerate(samples.classes)}

    def part(examples: Examples) -> Part:
        rows = np.array([row_of[key] for key in examples.keys], dtype=np.int64)
        targets = np.array([number_of[label] for label in examples.labels], dtype=np.int64)
        return Part(features.rows(rows), targets)

    n_classes = len(samples.classes)
    steps: list[SweepStep] = []
    l2 = options.l2
    if l2 is None:
        if not len(samples.validation):
            message = (
                f"Nothing is held back to choose the penalty of {samples.attribute!r} by: give "
                "`l2=VALUE`, a `val_fraction=` above 0, or a `val_split=` with its labels."
            )
            raise InputError(message)
        l2, steps = sweep_l2(
            part(samples.fit),
            part(samples.validation),
            n_classes,
            scale=features.scale,
            balanced=options.balanced,
            on_step=task.advance,
        )
    # A part of the same split comes back (Radford et al. 2021, A.3); another split stays unseen,
    # and a few shots stay few.
    is_refitted = choice.val_split is None and choice.few_shot is None
    whole = samples.fit + samples.validation if is_refitted else samples.fit
    fitted = fit_softmax(
        part(whole),
        n_classes,
        l2=l2,
        scale=features.scale,
        balanced=options.balanced,
    )
    task.advance()
    weight, bias = fitted.on_vectors(features)
    details = {
        "n_samples": len(whole),
        "n_held_back": len(samples.validation),
        "samples_sha256": whole.sha256,
        "left_out": samples.left_out,
        "l2": l2,
        "metrics": _metrics(fitted, steps),
        "steps": [row for number, step in enumerate(steps, 1) for row in _step_rows(number, step)],
    }
    return Head(samples.attribute, samples.classes, weight, bias, details)


def _metrics(fitted: FittedHead, steps: Sequence[SweepStep]) -> dict[str, Any]:
    metrics: dict[str, Any] = {
        "fit_loss": fitted.loss,
        "n_iterations": fitted.n_iterations,
        "has_converged": fitted.has_converged,
    }
    for step in steps:
        if step.l2 == fitted.l2:
            metrics["validation_accuracy"] = step.accuracy
            metrics["validation_balanced_accuracy"] = step.balanced_accuracy
            metrics["validation_loss"] = step.loss
    return metrics


def _step_rows(number: int, step: SweepStep) -> list[list[Any]]:
    """Return rows of `training_steps`: unit, step, split, metric, value."""
    values = [
        ("fit", "l2", step.l2),
        ("fit", "n_iterations", float(step.n_iterations)),
        ("fit", "loss", step.fit_loss),
        ("validation", "loss", step.loss),
        ("validation", "accuracy", step.accuracy),
        ("validation", "balanced_accuracy", step.balanced_accuracy),
    ]
    return [["sweep", number, split, metric, value] for split, metric, value in values]
