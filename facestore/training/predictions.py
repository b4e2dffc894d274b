"""What trained heads decided, as rows of the store: predictions and curves."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from facestore.catalog.predictions import PREDICTION_SCHEMA
from facestore.catalog.training import STEP_SCHEMA
from facestore.errors import InputError, preview
from facestore.ingest.layouts.label_values import label_of_value
from facestore.records import AttributeClass, ClassifierRecord
from facestore.stores import Stores
from facestore.training.decisions import Decided


@dataclass(frozen=True)
class ClassifySummary:
    """What classifying changed.

    Attributes
    ----------
    classifiers
        Names, one a head.
    n_new
        Predictions written.
    n_without_input
        Samples without a prediction, because there is nothing to predict from.
    vectors_of
        Name of the encoder whose vectors are read; None: images are.
    same_for_all
        Classifiers that say one class of everybody: the class, and of how many.
    todo_without_vector
        What gives a vector to samples that have none.
    """

    classifiers: tuple[str, ...]
    n_new: int
    n_without_input: int
    vectors_of: str | None
    same_for_all: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    todo_without_vector: str = ""


def check_classes(
    store: Stores, path: Path, heads: Mapping[str, Sequence[str]]
) -> dict[str, list[AttributeClass]]:
    """Return the classes of the store by attribute; refuse heads that predict others.

    Parameters
    ----------
    path
        The file of the heads.
    heads
        Classes of each, by attribute.

    Raises
    ------
    InputError
        If heads predict classes that the store does not know.
    """
    known = store.catalog.samples.classes()
    for attribute, unknown in unknown_classes(known, heads):
        message = (
            f"'{path}' predicts classes of {attribute!r} which the store does not know: "
            f"{unknown}. Import labels that have them first, with `new_classes=True`."
        )
        raise InputError(message)
    return known


def unknown_classes(
    known: Mapping[str, Sequence[AttributeClass]], heads: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield each attribute of which heads predict classes that are not known, and those."""
    for attribute, classes in heads.items():
        names = {each.name for each in known.get(attribute, ())}
        unknown = [repr(each) for each in classes if each not in names]
        if unknown:
            yield attribute, preview(unknown)


def prediction_rows(
    classifier: str,
    sample_ids: pl.Series,
    decided: Decided,
    classes: Sequence[AttributeClass],
) -> pl.DataFrame:
    """Return rows of `predictions` for what a head decided of some samples.

    Parameters
    ----------
    classifier
        Its name.
    sample_ids
        Of the samples, in the order of `decided`.
    decided
        Classes, or numbers.
    classes
        Of the attribute; a number of years is in one of them, as 29.9 is in 20-29.
    """
    predicted: Sequence[str | None] | None = decided.predicted
    if decided.value is not None:
        predicted = [_class_of(each, classes) for each in decided.value.tolist()]
    return pl.DataFrame(
        {
            "classifier": [classifier] * len(sample_ids),
            "sample_id": sample_ids,
            "predicted": predicted,
            "score": decided.score,
            "margin": decided.margin,
            "value": decided.value,
        },
        schema_overrides=dict(PREDICTION_SCHEMA),
    ).select(list(PREDICTION_SCHEMA))


def _class_of(value: float, classes: Sequence[AttributeClass]) -> str | None:
    """Return the class of a number; a training that went astray says NaN, which has none."""
    return label_of_value(max(0.0, value), classes) if math.isfinite(value) else None


def write_decided(
    store: Stores,
    records: Sequence[ClassifierRecord],
    frames: Sequence[pl.DataFrame],
    steps: Mapping[str, Sequence[Any]],
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Write predictions and curves of classifiers in one transaction.

    Parameters
    ----------
    records
        The classifiers.
    frames
        Rows of `predictions`.
    steps
        Rows of `training_steps` by attribute.

    Returns
    -------
    polars.DataFrame, dict of str to int
        All rows of `predictions`, and how much was new.
    """
    rows = pl.concat([pl.DataFrame(schema=PREDICTION_SCHEMA), *frames])
    with store.catalog.transaction():
        changes = store.catalog.predictions.add(list(records), rows)
        n_steps = sum(
            store.catalog.training.add_steps(
                record.name,
                pl.DataFrame(
                    list(steps.get(record.attribute, ())), schema=STEP_SCHEMA, orient="row"
                ),
            )
            for record in records
        )
    return rows, asdict(changes) | {"n_steps": n_steps}
