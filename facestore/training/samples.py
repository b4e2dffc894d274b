"""Which samples a head is trained on: who is left out and why, and what leaks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from facestore.errors import InputError, LeakageError, UnknownNameError, counted, preview
from facestore.numbers import PART, check_number
from facestore.stores import Stores
from facestore.training.selection import few_shot, held_back, samples_sha256

# Says of the keys of samples which can be learned from.
HasInput = Callable[[pl.Series], npt.NDArray[np.bool_]]
NO_VECTOR, NO_LABEL, NO_NUMBER, UNKNOWN_CLASS, LEAK = (
    "no vector",
    "no label",
    "no number as label",
    "class not known",
    "image also in another split",
)


@dataclass(frozen=True)
class Examples:
    """Samples by image and label.

    Attributes
    ----------
    keys
        What the vector of each is filed under.
    labels
        The class, or the number, of each.
    """

    keys: tuple[str, ...]
    labels: tuple[Any, ...]

    def __add__(self, other: Examples) -> Examples:
        """Return both, these first."""
        return Examples(self.keys + other.keys, self.labels + other.labels)

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.keys)

    def take(self, numbers: Sequence[int]) -> Examples:
        """Return some of them."""
        return Examples(
            tuple(self.keys[i] for i in numbers), tuple(self.labels[i] for i in numbers)
        )

    @property
    def sha256(self) -> str:
        """The fingerprint of images and labels."""
        return samples_sha256(zip(self.keys, map(str, self.labels), strict=True))


@dataclass(frozen=True)
class TrainingSet:
    """What one head is fitted on.

    Attributes
    ----------
    attribute
        What it predicts.
    classes
        Those that occur in what is fitted, in order of `ordinal`; none: labels are numbers.
    fit, validation
        Samples; no image is in both, nor a copy of it.
    left_out
        Why samples of the split are in neither -> how many.
    """

    attribute: str
    classes: tuple[str, ...]
    fit: Examples
    validation: Examples
    left_out: dict[str, int]


@dataclass(frozen=True)
class Choice:
    """How samples are chosen.

    Attributes
    ----------
    dataset, split
        What is fitted; `split` None: the samples without one.
    val_split
        A split to choose the penalty on; None: a part of `split`.
    val_fraction
        Share of the images held back where there is no `val_split`; 0: none. Copies of an image
        count as one.
    few_shot
        Images a class, of copies one; None: all.
    seed
        Of what is held back, and of the few shots.
    """

    dataset: str
    split: str | None
    val_split: str | None
    val_fraction: float
    few_shot: int | None
    seed: int

    def __post_init__(self) -> None:
        check_number("val_fraction", self.val_fraction, PART)


def leaking_samples(
    store: Stores, dataset: str, split: str | None, *, force: bool, drop: bool
) -> set[int]:
    """Return the training samples to leave out because their images are held out elsewhere.

    Raises
    ------
    LeakageError
        If there are some, and neither `force` nor `drop` is given.
    """
    leaks = store.catalog.training.leaks(dataset, split)
    if leaks.is_empty() or force:
        return set()
    leaking = set(leaks["sample_id"].to_list())
    if drop:
        return leaking
    n_exact = leaks.filter(pl.col("distance") == 0)["sample_id"].n_unique()
    places = leaks.select("held_out_dataset", "held_out_split").unique(maintain_order=True).rows()
    first = leaks.row(0, named=True)
    raise LeakageError(
        len(leaking),
        n_exact,
        preview(f"{name!r} {part}" for name, part in places),
        f"'{first['path']}' and '{first['held_out_path']}'",
    )


def choose(
    store: Stores,
    attributes: Sequence[str],
    choice: Choice,
    *,
    has_input: HasInput,
    without_input: str = NO_VECTOR,
    leaking: Collection[int],
    numbers: Collection[str] = (),
) -> list[TrainingSet]:
    """Choose what each head is fitted on.

    Parameters
    ----------
    attributes
        What is to be predicted.
    choice
        How samples are chosen.
    has_input
        Says of which keys there is a vector, or an image.
    without_input
        What is said of samples that have none.
    leaking
        Samples to leave out.
    numbers
        Attributes of which the number is learnt and not the class, such as ages in years.

    Raises
    ------
    UnknownNameError
        If the data set, a split or an attribute is not there.
    InputError
        If an attribute has fewer than two classes or numbers.
    """
    known = store.catalog.samples.classes()
    for attribute in attributes:
        if attribute not in known:
            raise UnknownNameError("attribute", attribute, known)
    usable = {
        attribute: _usable(table, is_number=attribute in numbers)
        for attribute, table in _samples(
            store, choice.dataset, choice.split, attributes, has_input, leaking
        ).items()
    }
    chosen = {attribute: _examples(table) for attribute, table in usable.items()}
    copies = store.catalog.training.copies(choice.dataset, choice.split)
    held: set[str] = set()
    if choice.val_fraction and choice.val_split is None and choice.few_shot is None:
        keys, classes = _side_by_side(usable)
        groups = [copies.get(key, key) for key in keys]
        held = held_back(groups, classes, fraction=choice.val_fraction, seed=choice.seed)
    others = (
        _samples(store, choice.dataset, choice.val_split, attributes, has_input, ())
        if choice.val_split is not None
        else {}
    )
    sets = []
    for attribute, samples in chosen.items():
        is_number = attribute in numbers
        groups_of = [copies.get(key, key) for key in samples.keys]
        fit, validation = _parts(samples, groups_of, choice, held)
        if attribute in others:
            validation = _examples(_usable(others[attribute], is_number=is_number))
        occurring = set(fit.labels)
        if len(occurring) < 2:
            raise _too_few(choice, attribute, len(fit), len(occurring))
        fitted = set(fit.keys)
        pairs = enumerate(zip(validation.keys, validation.labels, strict=True))
        validation = validation.take(
            [
                i
                for i, (key, label) in pairs
                if (is_number or label in occurring) and key not in fitted
            ]
        )
        classes_of = [each.name for each in known[attribute] if each.name in occurring]
        left_out = _left_out(usable[attribute], without_input)
        sets.append(TrainingSet(attribute, tuple(classes_of), fit, validation, left_out))
    return sets


def _too_few(choice: Choice, attribute: str, n_samples: int, n_labels: int) -> InputError:
    message = (
        f"{counted(n_samples, 'sample')} of data set {choice.dataset!r}, split {choice.split!r}, "
        f"can be fitted for {attribute!r}, of "
        f"{counted(n_labels, 'class or number', 'classes or numbers')}: a head needs 2 or more. "
        f"Give another `split=` or `dataset=`, or `facestore import labels FILE "
        f"dataset={quote(choice.dataset)}` first."
    )
    return InputError(message)


def _samples(
    store: Stores,
    dataset: str,
    split: str | None,
    attributes: Sequence[str],
    has_input: HasInput,
    leaking: Collection[int],
) -> dict[str, pl.DataFrame]:
    """Return the samples of a split by attribute, with labels and, if so, why to leave them out."""
    splits = store.catalog.training.splits(dataset)
    if split not in splits:
        names = [each or "(none)" for each in splits]
        todo = f"`facestore split dataset={quote(dataset)}` makes train, val and test."
        if "train" in splits:  # anew, they would be other ones
            todo = ""
        raise UnknownNameError("split", str(split), names, todo, place=f"in data set {dataset!r}")
    samples = store.catalog.training.samples(dataset, split)
    samples = samples.with_columns(
        reason=pl.when(pl.Series(~has_input(samples["vector_key"])))
        .then(pl.lit(NO_VECTOR))
        .when(pl.col("sample_id").is_in(list(leaking)))
        .then(pl.lit(LEAK))
    )
    labels = store.catalog.training.labels(dataset, split)
    return {
        attribute: samples.join(
            labels.filter(pl.col("attribute") == attribute).drop("attribute"),
            on="sample_id",
            how="left",
            maintain_order="left",
        )
        for attribute in attributes
    }


def _usable(samples: pl.DataFrame, *, is_number: bool) -> pl.DataFrame:
    """Return samples with `target`, their class or number, and `reason` to leave them out."""
    of_label = (
        pl.when(pl.col("value").is_null()).then(pl.lit(NO_NUMBER))
        if is_number
        else pl.when(pl.col("label").is_null())
        .then(pl.lit(NO_LABEL))
        .when(~pl.col("is_known"))
        .then(pl.lit(UNKNOWN_CLASS))
    )
    return samples.with_columns(
        target=pl.col("value" if is_number else "label"),
        reason=pl.coalesce("reason", of_label),
    )


def _examples(table: pl.DataFrame) -> Examples:
    usable = table.filter(pl.col("reason").is_null())
    return Examples(tuple(usable["vector_key"].to_list()), tuple(usable["target"].to_list()))


def _side_by_side(tables: dict[str, pl.DataFrame]) -> tuple[list[str], list[list[str | None]]]:
    """Return the keys of samples that any attribute can use, and the class of each by attribute."""
    any_table = next(iter(tables.values()))
    usable = pl.any_horizontal([pl.Series(each["reason"].is_null()) for each in tables.values()])
    mask = any_table.select(usable).to_series()
    keys = any_table.filter(mask)["vector_key"].to_list()
    classes = [
        each.with_columns(pl.when(pl.col("reason").is_null()).then(pl.col("label")).alias("class"))
        .filter(mask)["class"]
        .to_list()
        for each in tables.values()
    ]
    return keys, classes


def _parts(
    samples: Examples, groups: Sequence[str], choice: Choice, held: Collection[str]
) -> tuple[Examples, Examples]:
    """Return what is fitted and what is held back; no group of copies is in both."""
    if choice.few_shot is not None:
        fit, validation = few_shot(
            groups, samples.labels, per_class=choice.few_shot, seed=choice.seed
        )
        return samples.take(fit), samples.take(validation)
    is_held = [group in held for group in groups]
    return (
        samples.take([i for i, held_i in enumerate(is_held) if not held_i]),
        samples.take([i for i, held_i in enumerate(is_held) if held_i]),
    )


def _left_out(table: pl.DataFrame, without_input: str) -> dict[str, int]:
    counted = table.drop_nulls("reason").group_by("reason").len().sort("reason")
    return {without_input if why == NO_VECTOR else why: n for why, n in counted.rows()}
