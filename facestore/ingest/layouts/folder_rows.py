"""Rows that are of folders: what they say holds for each picture in a folder of that name.

VGGFace2 has a row a person, `n000001`, and a folder of that name; `{Class_ID}/` names it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import polars as pl

from facestore.errors import counted
from facestore.ingest.layouts.found_labels import LabelTable

_T = TypeVar("_T")


def is_of_folders(table: LabelTable) -> bool:
    """Say whether the rows of a table are of folders: their names end with `/`."""
    return any(name.endswith("/") for name in table.names)


def of_pictures(table: LabelTable, files: Sequence[str]) -> LabelTable:
    """Return a table with a row for each picture, where its rows are of folders.

    Parameters
    ----------
    table
        Returned as it is where its rows are of files.
    files
        Names of the pictures, relative to their folder.
    """
    if not is_of_folders(table):
        return table
    row_of = {_parts(name): name for name in table.names}
    pictures: dict[str, list[str]] = {}
    for file in files:
        if (row := _row_above(file, row_of)) is not None:
            pictures.setdefault(row, []).append(file)
    pairs = [(row, picture) for row, each in pictures.items() for picture in each]
    found = pl.DataFrame(pairs, schema={"name": pl.String, "picture": pl.String}, orient="row")
    labels = table.labels.join(found, on="name").with_columns(name=pl.col("picture"))
    empty = tuple(name for name in table.names if name not in pictures)
    return replace(
        table,
        names=(*(picture for _, picture in pairs), *empty),
        labels=labels.select(table.labels.columns),
        tags=_spread(table.tags, pairs),
        splits=_spread(table.splits, pairs),
        persons=_spread(table.persons, pairs),
        notes=(
            *table.notes,
            f"rows are of folders: {counted(len(pictures), 'has pictures', 'have pictures')}",
        ),
    )


def _spread(said: Mapping[str, _T], pairs: Iterable[tuple[str, str]]) -> dict[str, _T]:
    return {picture: said[row] for row, picture in pairs if row in said}


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _row_above(file: str, row_of: Mapping[tuple[str, ...], str]) -> str | None:
    """Return the row of the nearest folder above a picture whose path ends with the row's."""
    above = _parts(file)[:-1]
    for end in range(len(above), 0, -1):
        for start in range(end):
            if (row := row_of.get(above[start:end])) is not None:
                return row
    return None
