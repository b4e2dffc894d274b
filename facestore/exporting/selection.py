"""What is exported, and the steps that formats share."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.images.given import given_sources
from facestore.images.remote import is_uri
from facestore.stores import Stores


@dataclass(frozen=True)
class Selection:
    """What is written, and where.

    Attributes
    ----------
    out
        The file, or the folder.
    dataset, split, classifiers
        Only these; None or empty: all.
    model
        The encoder whose vectors are projected; None: the only one.
    projection
        One of `facestore.exporting.PROJECTIONS`.
    n_neighbours
        How many neighbours a row has; 0: none.
    raw
        Whether text in CSV is as it is.
    """

    out: Path
    dataset: str | None = None
    split: str | None = None
    classifiers: tuple[str, ...] = ()
    model: str | None = None
    projection: str = "pca"
    n_neighbours: int = 10
    raw: bool = False


def with_column(
    samples: pl.DataFrame, name: str, values: pl.DataFrame, value: pl.Expr
) -> pl.DataFrame:
    """Add a column to samples: `value` of the row of `values` with the sample_id, or NULL."""
    column = values.select("sample_id", value.alias(name))
    return samples.join(column, on="sample_id", how="left", maintain_order="left")


def files_of(store: Stores, samples: pl.DataFrame) -> pl.Series:
    """Return where each sample was ingested from; its path alone where that is not known."""
    roots = {
        dataset: source.root
        for dataset, source in given_sources(store.path, store.catalog.samples.sources()).items()
    }
    files = []
    for dataset, path in samples.select("dataset", "path").rows():
        root = roots.get(dataset)
        files.append(path if root is None or is_uri(path) else str((root / path).absolute()))
    return pl.Series("file", files, pl.String())
