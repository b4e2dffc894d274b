"""Parquet files that hold the bytes of images, as Hugging Face publishes data sets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from facestore.errors import InputError, counted, preview
from facestore.images.parquets import ParquetRow, features, find_image_column, open_parquet
from facestore.images.walk import printable
from facestore.ingest.layouts.found_labels import LabelTable, merge_tables
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import labels_in
from facestore.ingest.layouts.manifest import Manifest, ReadErrors, split_of_file
from facestore.records import FileEntry
from facestore.tables import UNREADABLE, as_text

LAYOUT = "parquet"


def has_images(path: Path) -> bool:
    """Say whether a Parquet file has a column of images; False as well if it cannot be read."""
    try:
        return find_image_column(open_parquet(path).schema_arrow) is not None
    except OSError:
        return False


def read_parquet_images(
    root: Path, paths: Sequence[Path], rules: LabelRules, reason: str
) -> Manifest:
    """Read the rows of Parquet files: a sample is `train.parquet/17`.

    Parameters
    ----------
    root
        Names are relative to it.
    paths
        The files.
    rules
        What may be a label. Class labels of Hugging Face, which are numbers, become their names.
    reason
        Why this layout was chosen.

    Raises
    ------
    InputError
        If no file has a column of images.
    TableError
        If a label is refused.
    """
    entries: list[FileEntry] = []
    tables: list[LabelTable] = []
    splits: dict[str, str] = {}
    errors = ReadErrors()
    for path in paths:
        try:
            names, table, column = _read_one(root, path, rules)
        except OSError as error:
            errors.add(path, error)
            continue
        entries += [FileEntry(ParquetRow(path, column, i), name) for i, name in enumerate(names)]
        tables.append(table)
        if split := split_of_file(path):
            splits |= dict.fromkeys(names, split)
    if not entries:
        why = preview(errors.reasons) or "they have no rows"
        message = f"No images in {counted(len(paths), 'Parquet file')} ({why}): check the files."
        raise InputError(message)
    return Manifest(
        layout=LAYOUT,
        reason=reason,
        entries=tuple(entries),
        table=merge_tables(tables),
        splits=splits,
        notes=errors.notes(),
    )


def _read_one(root: Path, path: Path, rules: LabelRules) -> tuple[list[str], LabelTable, str]:
    with open_parquet(path) as file:
        schema = file.schema_arrow
        column = find_image_column(schema)
        if column is None:
            message = "it has no column of images"
            raise OSError(0, message)
        above = printable(path.relative_to(root).as_posix())
        names = [f"{above}/{row}" for row in range(file.metadata.num_rows)]
        readable = [field.name for field in schema if not _is_nested(field)]
        wanted = rules.wanted(readable)
        plain = [name for name in readable if name in wanted]
        try:
            read = file.read(columns=plain, use_threads=False)
            read.validate(full=True)  # polars believes that texts are UTF-8
            rows = pl.DataFrame(_bare(read)) if plain else None
        except (pa.ArrowException, *UNREADABLE) as error:
            reason = " ".join(str(error).split())[:120]
            raise OSError(0, f"its labels cannot be read ({reason})") from error
    known = features(schema)
    table = pl.DataFrame() if rows is None else as_text(_named(rows, known))
    labels = labels_in(path, table, pl.Series(names, dtype=pl.String), rules)
    image = column.rpartition(".")[0] or column
    others = [field for field in schema if field.name not in (*plain, image, column)]
    nested = [field.name for field in others if _is_nested(field)]
    ignored = tuple(field.name for field in others if field.name not in nested)
    left_out = dict.fromkeys(nested, len(names))
    return names, replace(labels, ignored=ignored, left_out=left_out), column


def _is_nested(field: pa.Field) -> bool:
    """Say whether a column has lists, objects or bytes."""
    kind = field.type
    kinds = (pa.types.is_nested, pa.types.is_binary, pa.types.is_large_binary)
    return any(is_kind(kind) for is_kind in kinds)


def _bare(table: pa.Table) -> pa.Table:
    """Return a table without the metadata of its schema, in which polars panics on broken text."""
    return pa.table(table.columns, pa.schema([pa.field(f.name, f.type) for f in table.schema]))


def _named(table: pl.DataFrame, known: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """Turn the numbers of class labels into names; a number without one is no label."""
    for column, feature in known.items():
        names: Any = feature.get("names")
        if column in table.columns and table[column].dtype.is_integer() and _are_names(names):
            by_number = dict(enumerate(names))
            table = table.with_columns(
                pl.col(column).replace_strict(by_number, default=None, return_dtype=pl.String)
            )
    return table


def _are_names(names: object) -> bool:
    return isinstance(names, list) and bool(names) and all(isinstance(each, str) for each in names)
