"""The samples that an import speaks of: found by name, or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.catalog.samples import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.errors import TableError, preview
from facestore.names import match_names
from facestore.stores import Stores


@dataclass(frozen=True)
class Target:
    """The samples that an import speaks of.

    Attributes
    ----------
    dataset
        The data set.
    split
        Split of samples that have none yet; it does not choose among them.
    create_samples
        Make samples for names that are unknown, instead of refusing them.
    """

    dataset: str
    split: str | None = None
    create_samples: bool = False


def match(
    store: Stores, path: Path, target: Target, names: Sequence[str]
) -> tuple[dict[str, str], int]:
    """Return the sample path of every name, and how many of them are still to be made."""
    if not target.create_samples:
        store.catalog.samples.require_dataset(target.dataset)
    known = store.catalog.samples.of_dataset(target.dataset)["path"].to_list()
    found = match_names(list(names), known)
    if found.unmatched and not target.create_samples:
        raise TableError(
            path,
            f"{len(found.unmatched):,} of {len(names):,} files are no samples of data set "
            f"{target.dataset!r} ({preview(found.unmatched)})",
            "Ingest their images or labels first, or add --create-samples.",
        )
    return found.path_of | {name: name for name in found.unmatched}, len(found.unmatched)


def create(
    store: Stores, path: Path, target: Target, path_of: Mapping[str, str], n_created: int
) -> None:
    """Make the samples that are missing."""
    if n_created:
        known = store.catalog.samples.of_dataset(target.dataset)
        samples = with_splits({}, path_of, target, known)
        new = samples.join(known, on="path", how="anti")
        store.catalog.samples.save(
            target.dataset,
            source=str(path),
            layout="import",
            samples=new.with_columns(tags=pl.lit(None, pl.List(pl.String))).select(
                list(SAMPLE_SCHEMA)
            ),
            labels=pl.DataFrame(schema=LABEL_SCHEMA),
        )


def with_splits(
    splits: Mapping[str, str],
    path_of: Mapping[str, str],
    target: Target,
    known: pl.DataFrame,
) -> pl.DataFrame:
    """Return a row for every sample, known ones as they are.

    The split given is that of samples which have none yet: where one is known it stays.
    """
    rows = pl.DataFrame(
        [(path, splits.get(name, target.split)) for name, path in path_of.items()],
        schema={"path": pl.String, "given": pl.String},
        orient="row",
    )
    as_known = known.select("path", "image_id", "error", "split")
    return rows.join(as_known, on="path", how="left", coalesce=True).with_columns(
        split=pl.coalesce("split", "given")
    )


def with_sample_ids(
    store: Stores, dataset: str, table: pl.DataFrame, path_of: Mapping[str, str]
) -> pl.DataFrame:
    """Add the sample_id of every name."""
    known = store.catalog.samples.of_dataset(dataset)
    id_of = dict(zip(known["path"], known["sample_id"], strict=True))
    ids = {name: id_of[path] for name, path in path_of.items()}
    return table.with_columns(sample_id=pl.col("name").replace_strict(ids, return_dtype=pl.Int32))
