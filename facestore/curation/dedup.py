"""Duplicates: what each policy leaves out of figures without duplicates. No file is deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facestore.catalog.duplicates import EXPORT_COLUMNS, ExclusionChanges, PolicyEffect
from facestore.errors import InputError, counted
from facestore.files import csv_text, write_text
from facestore.records import AnyPath
from facestore.stores import Stores, recorded


@dataclass(frozen=True)
class DedupSummary:
    """What is left out now.

    Attributes
    ----------
    policy, max_distance
        What decided.
    n_excluded, n_samples
        Samples that are left out, and how many there are with them.
    changes
        What changed.
    """

    policy: str
    max_distance: int
    n_excluded: int
    n_samples: int
    changes: ExclusionChanges


def duplicates(
    store: Stores, *, dataset: str | None = None, max_distance: int | None = None
) -> list[PolicyEffect]:
    """Return what each policy would leave out of each data set; nothing is written.

    Parameters
    ----------
    dataset
        Only this data set.
    max_distance
        Bits of the perceptual hash within which images count as nearly the same, 0 to 12; the
        setting `duplicate_distance` if left out.
    """
    distance, dataset = _scope(store, dataset, max_distance)
    tell_flat(store, dataset)
    return store.catalog.duplicates.effects(distance, dataset)


def tell_flat(store: Stores, dataset: str | None) -> None:
    """Tell the user of pictures that are told apart by their bytes alone."""
    if n_flat := store.catalog.duplicates.n_flat(dataset):
        store.notify(
            f"{counted(n_flat, 'picture is', 'pictures are')} of one colour: a perceptual hash "
            "says nothing of such a picture, so "
            "only those of the same bytes count as copies of each other."
        )


def dedup(
    store: Stores, policy: str, *, dataset: str | None = None, max_distance: int | None = None
) -> DedupSummary:
    """Leave duplicates out of the figures without duplicates; no file is deleted.

    Parameters
    ----------
    policy
        `keep-one`, `drop-conflicting` or `drop-all`; it replaces what was left out before.
    dataset, max_distance
        As for `duplicates`.

    Raises
    ------
    InputError
        If there is no such policy, or the distance is out of its limits.
    """
    distance, dataset = _scope(store, dataset, max_distance)
    arguments = {"policy": policy, "dataset": dataset, "max_distance": distance}
    with recorded(store, "dedup", arguments, whole=True) as counts:
        changes = store.catalog.duplicates.exclude(policy, distance, dataset)
        counts.update(asdict(changes))
    tell_flat(store, dataset)
    n_excluded = len(store.catalog.duplicates.excluded(dataset))
    n_samples = store.catalog.duplicates.n_samples(dataset)
    return DedupSummary(policy, distance, n_excluded, n_samples, changes)


def undo_dedup(store: Stores, *, dataset: str | None = None) -> int:
    """Leave nothing out any more; return how many samples were.

    Parameters
    ----------
    dataset
        Only in this data set.
    """
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    with recorded(store, "undo dedup", {"dataset": dataset}, whole=True) as counts:
        n_restored = store.catalog.duplicates.restore(dataset)
        counts["n_restored"] = n_restored
    return n_restored


def export_excluded(
    store: Stores,
    path: AnyPath,
    *,
    policy: str | None = None,
    dataset: str | None = None,
    max_distance: int | None = None,
    raw: bool = False,
) -> int:
    """Write a CSV of what a policy would leave out; without one, of what is left out.

    Parameters
    ----------
    path
        The file to write.
    policy, dataset, max_distance
        As for `dedup`.
    raw
        Whether text is as it is, also where a spreadsheet takes it for a formula.

    Returns
    -------
    int
        The number of rows.

    Raises
    ------
    InputError
        If there is no such policy, or the folder of the file is not there.
    OutputError
        If a store has its own files there.
    """
    path = store.output(path)
    distance, dataset = _scope(store, dataset, max_distance)
    if policy is None:
        rows = store.catalog.duplicates.excluded(dataset)
    else:
        rows = store.catalog.duplicates.planned(policy, distance, dataset)
    write_list(path, rows, raw=raw)
    return len(rows)


def write_list(path: Path, rows: Sequence[Sequence[Any]], *, raw: bool = False) -> None:
    """Write samples that are left out as CSV.

    Raises
    ------
    InputError
        If the folder of the file is not there.
    """
    if not path.parent.is_dir():
        message = f"There is no folder '{path.parent}' for the list: make it first."
        raise InputError(message)
    write_text(path, csv_text(EXPORT_COLUMNS, rows, raw=raw))


def _scope(store: Stores, dataset: str | None, max_distance: int | None) -> tuple[int, str | None]:
    if dataset is not None:
        store.catalog.samples.require_dataset(dataset)
    if max_distance is None:
        max_distance = store.catalog.settings.number("duplicate_distance")
    return max_distance, dataset
