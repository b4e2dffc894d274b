"""Train: linear probes on stored vectors, saved as a file, with its predictions and a card."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from facestore.catalog.encoders import StoredEncoder
from facestore.errors import InputError
from facestore.pipeline.cards import write_card
from facestore.pipeline.classify import classify
from facestore.pipeline.context import Stores, recorded, versions
from facestore.pipeline.trained import ClassifySummary
from facestore.pipeline.training_set import Choice, TrainingSet, choose, leaking_samples
from facestore.progress import Task
from facestore.records import Float32
from facestore.training import (
    Features,
    FittedHead,
    Head,
    HeadsFile,
    Part,
    SweepStep,
    fit_softmax,
    load_heads,
    save_heads,
    sweep_l2,
)
from facestore.training.probe import N_SWEEP_FITS
from facestore.vectors import VectorTable

PROBE = "linear_probe"


@dataclass(frozen=True)
class ProbeOptions:
    """How probes are trained.

    Attributes
    ----------
    attributes
        One head each.
    l2
        Strength of the penalty, 1 / C of scikit-learn; None: chosen on what is held back.
    balanced
        Whether every class has the same weight.
    n_seeds
        For few shots: how many choices of samples, each a file of its own.
    force, drop_leaks
        Train on images that are held out elsewhere; or leave them out.
    name
        Of the heads; made up if None.
    data_licence
        Of the training data, as the user states it.
    """

    attributes: tuple[str, ...]
    l2: float | None = None
    balanced: bool = False
    n_seeds: int = 1
    force: bool = False
    drop_leaks: bool = False
    name: str | None = None
    data_licence: str | None = None


@dataclass(frozen=True)
class TrainSummary:
    """What one training made.

    Attributes
    ----------
    path, card
        The file of the heads, and the model card beside it.
    heads
        What is in the file.
    is_new
        False: the file was there already, made in the same way.
    predictions
        What was predicted with them.
    """

    path: Path
    card: Path
    heads: HeadsFile
    is_new: bool
    predictions: ClassifySummary

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        lines = []
        for head in self.heads.heads if self.is_new else ():
            facts = head.details
            held = facts["metrics"].get("validation_accuracy")
            lines.append(
                f"{head.attribute}: {len(head.classes)} classes, {facts['n_samples']:,} samples, "
                f"l2 {facts['l2']:.3g}"
                + ("" if held is None else f", {held:.4f} right of those held back")
            )
            if facts["left_out"]:
                why = ", ".join(f"{n:,} ({reason})" for reason, n in facts["left_out"].items())
                lines.append(f"{head.attribute}: left out: {why}")
            if not facts["metrics"]["has_converged"]:
                lines.append(
                    f"{head.attribute}: not converged after {facts['metrics']['n_iterations']} "
                    "iterations"
                )
        lines.append(f"{'heads' if self.is_new else 'heads are there already'}: {self.path}")
        return [*lines, *self.predictions.lines(), f"model card: {self.card}"]


def train_probes(
    stores: Stores, folder: Path, *, encoder: StoredEncoder, choice: Choice, options: ProbeOptions
) -> list[TrainSummary]:
    """Fit linear heads on vectors that are in the store, save them, predict, and write a card.

    Parameters
    ----------
    stores
        The store.
    folder
        Where files of heads are written.
    encoder
        Whose image vectors are fitted.
    choice
        Which samples.
    options
        How.

    Returns
    -------
    list of TrainSummary
        One; for few shots one a seed.

    Raises
    ------
    LeakageError
        If images of the split are held out elsewhere.
    InputError
        If there is nothing to fit, or the name belongs to heads that were trained otherwise.
    """
    stores.catalog.samples.require_dataset(choice.dataset)
    images = stores.vectors.images(encoder.vectors)
    with_vector = images.keys()
    leaking = leaking_samples(
        stores, choice.dataset, choice.split, force=options.force, drop=options.drop_leaks
    )
    summaries = []
    for seed in range(choice.seed, choice.seed + options.n_seeds):
        of_seed = replace(choice, seed=seed)
        sets = choose(stores, options.attributes, of_seed, with_vector=with_vector, leaking=leaking)
        summaries.append(_train(stores, folder, encoder, images, of_seed, options, sets))
    return summaries


def _train(
    stores: Stores,
    folder: Path,
    encoder: StoredEncoder,
    images: VectorTable,
    choice: Choice,
    options: ProbeOptions,
    sets: Sequence[TrainingSet],
) -> TrainSummary:
    name = _name(encoder, choice, options)
    path = folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', name)}.safetensors"
    recipe = _recipe(encoder, choice, options, sets)
    arguments = asdict(choice) | asdict(options) | {"encoder": encoder.name, "file": str(path)}
    is_new = not path.exists()
    if is_new:
        with recorded(stores, "train probe", arguments) as counts:
            fitted = _fit_all(stores, images, choice, options, sets)
            training = _training(choice, options, recipe)
            heads = HeadsFile(name, PROBE, encoder.record, tuple(fitted), training)
            heads = replace(heads, sha256=save_heads(path, heads))
            counts["n_heads"] = len(heads.heads)
    else:
        heads = load_heads(path)
        if heads.training.get("recipe_sha256") != recipe:
            message = (
                f"'{path}' holds heads that were trained on other samples or with other options: "
                "give these another --name."
            )
            raise InputError(message)
    predictions = classify(stores, path, heads, encoder=encoder, dataset=choice.dataset)
    return TrainSummary(path, write_card(stores, path, heads), heads, is_new, predictions)


def _name(encoder: StoredEncoder, choice: Choice, options: ProbeOptions) -> str:
    name = options.name or f"{encoder.name} probe {choice.dataset}"
    if choice.few_shot is None:
        return name
    return f"{name} {choice.few_shot}-shot seed {choice.seed}"


def _recipe(
    encoder: StoredEncoder, choice: Choice, options: ProbeOptions, sets: Sequence[TrainingSet]
) -> str:
    """Return a digest of all that decides the heads, so that nothing is trained twice."""
    samples = {each.attribute: [each.fit.sha256, each.validation.sha256] for each in sets}
    decisive = {
        "encoder": encoder.vectors,
        "samples": samples,
        "choice": asdict(choice),
        "l2": options.l2,
        "balanced": options.balanced,
        "data_licence": options.data_licence,
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _training(choice: Choice, options: ProbeOptions, recipe: str) -> dict[str, Any]:
    return {
        **asdict(choice),
        "class_weight": "balanced" if options.balanced else None,
        "leaks": "kept by --force" if options.force else "none",
        "data_licence": options.data_licence,
        "recipe_sha256": recipe,
        "versions": versions(),
    }


def _fit_all(
    stores: Stores,
    images: VectorTable,
    choice: Choice,
    options: ProbeOptions,
    sets: Sequence[TrainingSet],
) -> Iterator[Head]:
    """Yield the head of each attribute; the vectors are read once."""
    # Those that are fitted first, so that most parts are slices and need no copy.
    keys = dict.fromkeys(key for each in sets for key in each.fit.keys)
    keys |= dict.fromkeys(key for each in sets for key in each.validation.keys)
    row_of = {key: row for row, key in enumerate(keys)}
    features = Features.taking_over(read_vectors(images, row_of))
    n_fits = len(sets) * (1 if options.l2 is not None else N_SWEEP_FITS + 1)
    with stores.progress.task("Fitting", n_fits) as task:
        for each in sets:
            yield _fit(each, features, row_of, choice, options, task)


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
    choice: Choice,
    options: ProbeOptions,
    task: Task,
) -> Head:
    number_of = {name: i for i, name in enumerate(samples.classes)}

    def part(keys: Sequence[str], labels: Sequence[str]) -> Part:
        rows = np.array([row_of[key] for key in keys], dtype=np.int64)
        targets = np.array([number_of[label] for label in labels], dtype=np.int64)
        return Part(features.rows(rows), targets)

    n_classes = len(samples.classes)
    steps: list[SweepStep] = []
    l2 = options.l2
    if l2 is None:
        if not len(samples.validation):
            message = (
                f"Nothing is held back to choose the penalty of {samples.attribute!r} by: give "
                "--l2 VALUE, a --val-fraction above 0, or a --val-split with its labels."
            )
            raise InputError(message)
        l2, steps = sweep_l2(
            part(samples.fit.keys, samples.fit.labels),
            part(samples.validation.keys, samples.validation.labels),
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
        part(whole.keys, whole.labels),
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
