"""Duplicates: what each policy leaves out of figures without duplicates. No file is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facestore.catalog.duplicates import EXPORT_COLUMNS, ExclusionChanges, PolicyEffect
from facestore.errors import InputError
from facestore.files import csv_text
from facestore.stores import Stores, recorded


@dataclass(frozen=True)
class DedupSummary:
    """What is left out now.

    Attributes
    ----------
    policy, max_distance
        What decided.
    n_excluded
        Samples that are left out.
    changes
        What changed.
    """

    policy: str
    max_distance: int
    n_excluded: int
    changes: ExclusionChanges


def survey(
    store: Stores, *, dataset: str | None = None, max_distance: int | None = None
) -> list[PolicyEffect]:
    """Return what each policy would leave out of each data set; nothing is written."""
    return store.catalog.duplicates.effects(*_scope(store, dataset, max_distance))


def planned(
    store: Stores,
    *,
    policy: str | None = None,
    dataset: str | None = None,
    max_distance: int | None = None,
) -> list[tuple[Any, ...]]:
    """Return the samples that a policy would leave out; without one, those that are left out."""
    distance, dataset = _scope(store, dataset, max_distance)
    if policy is None:
        return store.catalog.duplicates.excluded(dataset)
    return store.catalog.duplicates.planned(policy, distance, dataset)


def exclude(
    store: Stores,
    *,
    policy: str,
    dataset: str | None = None,
    max_distance: int | None = None,
) -> DedupSummary:
    """Leave out what a policy says, instead of what was left out before.

    Raises
    ------
    InputError
        If there is no such policy, or the distance is out of its limits.
    """
    distance, dataset = _scope(store, dataset, max_distance)
    arguments = {"policy": policy, "dataset": dataset, "max_distance": distance}
    with recorded(store, "dedup", arguments) as counts:
        changes = store.catalog.duplicates.exclude(policy, distance, dataset)
        counts.update(asdict(changes))
    n_excluded = len(store.catalog.duplicates.excluded(dataset))
    return DedupSummary(policy, distance, n_excluded, changes)


def restore(store: Stores, *, dataset: str | None = None) -> int:
    """Leave nothing out any more; return how many samples were."""
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    with recorded(store, "dedup --undo", {"dataset": dataset}) as counts:
        n_restored = store.catalog.duplicates.restore(dataset)
        counts["n_restored"] = n_restored
    return n_restored


def write_list(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Write samples that are left out as CSV.

    Raises
    ------
    InputError
        If the folder of the file is not there.
    """
    if not path.parent.is_dir():
        message = f"There is no folder '{path.parent}' for the list: make it first."
        raise InputError(message)
    path.write_text(csv_text(EXPORT_COLUMNS, rows), encoding="utf-8", newline="")


def _scope(store: Stores, dataset: str | None, max_distance: int | None) -> tuple[int, str | None]:
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    if max_distance is None:
        max_distance = store.catalog.settings.number("duplicate_distance")
    return max_distance, dataset
