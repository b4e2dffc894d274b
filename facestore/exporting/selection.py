"""What is exported, and the steps that formats share."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.errors import by_number, counted, preview
from facestore.images.parquets import ParquetRow
from facestore.images.pictures import Pictures, place_of
from facestore.images.remote import is_uri
from facestore.images.tars import TarMember
from facestore.images.walk import printable
from facestore.stores import Stores, pictures_of


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


def files_of(
    store: Stores, samples: pl.DataFrame, pictures: Mapping[str, Pictures] | None = None
) -> pl.Series:
    """Return the file of the picture of each sample; the path of the sample where it has none.

    Lines tell of samples whose file is not there, or lies inside another one.

    Parameters
    ----------
    samples
        `dataset`, `path` and `image_id`.
    pictures
        Of each data set; None: those that were given to this store.
    """
    pictures = pictures_of(store) if pictures is None else pictures
    files, gone, inside = [], [], []
    for dataset, path, image_id in samples.select("dataset", "path", "image_id").rows():
        found = pictures[dataset].find(path, image_id) if dataset in pictures else None
        place = place_of(found)
        if place is None and isinstance(found, TarMember | ParquetRow):
            inside.append(str(found))
        elif place is None and not is_uri(path):
            gone.append(f"{dataset}/{path}")
        files.append(path if place is None else printable(str(place)))
    if gone:
        store.notify(
            f"{len(gone):,} of {counted(len(files), 'sample')} "
            f"{by_number(len(gone), 'has', 'have')} no file that is there "
            f"({preview(gone)}): their path in the data set is written instead. If their pictures "
            "are at hand, `facestore ingest FOLDER dataset=NAME` says where."
        )
    if inside:
        store.notify(
            f"{len(inside):,} of {counted(len(files), 'sample')} "
            f"{by_number(len(inside), 'lies', 'lie')} inside tars or Parquet files "
            f"({preview(inside)}), which other tools do not open there: their path in the data set "
            "is written. Unpack them, and ingest the folder, to have files."
        )
    return pl.Series("file", files, pl.String())
