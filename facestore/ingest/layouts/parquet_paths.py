"""Parquet files in Hugging Face's form that have paths of images, and no bytes of them."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from facestore.errors import FileNamesError, counted, preview
from facestore.images.parquets import find_image_column, open_parquet
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.parquet_images import read_parquet_images


def column_of_paths(path: Path) -> str | None:
    """Return the column of images that has a path in its rows, and bytes in none; or None."""
    try:
        with open_parquet(path) as file:
            column = find_image_column(file.schema_arrow)
            name = (column or "").removesuffix(".bytes")
            kind = file.schema_arrow.field(name).type if name != column else None
            if kind is None or not {"bytes", "path"} <= {each.name for each in kind}:
                return None
            groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    except OSError:
        return None
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    of_bytes = [each for each in chunks if each.path_in_schema == column]
    has_none = all(c.statistics and c.statistics.null_count == c.num_values for c in of_bytes)
    return name if pa.types.is_null(kind.field("bytes").type) or (of_bytes and has_none) else None


def labels_by_path(path: Path, column: str, rules: LabelRules) -> LabelTable:
    """Read the labels of a Parquet file by the paths that one of its columns has.

    Parameters
    ----------
    path
        The file.
    column
        As `column_of_paths` returns it.
    rules
        What may be a label; class labels of Hugging Face become their names.

    Raises
    ------
    TableError
        If a row has no path, two have the same, or a label is refused.
    """
    rows = read_parquet_images(path.parent, [path], rules, reason="")
    with open_parquet(path) as file:
        read = file.read(columns=[f"{column}.path"], use_threads=False)
    paths = pa.concat_arrays(read.column(0).chunks).field("path").to_pylist()
    if None in paths:
        problem = f"row {paths.index(None)} has neither bytes of an image nor a path"
        raise FileNamesError(path, problem, "Give every row one of them.")
    if repeated := [name for name, n in Counter(paths).items() if n > 1]:
        problem = f"{counted(len(repeated), 'path')} of {column!r} in several rows"
        problem += f" ({preview(repeated)})"
        raise FileNamesError(path, problem, "One row a file was expected: remove the others.")
    name_of = dict(zip((each.name for each in rows.entries), paths, strict=True))
    table = rows.table
    splits = {**rows.splits, **table.splits}
    return replace(
        table,
        names=tuple(paths),
        labels=table.labels.with_columns(name=table.labels["name"].replace_strict(name_of)),
        tags={name_of[name]: each for name, each in table.tags.items()},
        splits={name_of[name]: each for name, each in splits.items()},
        persons={name_of[name]: each for name, each in table.persons.items()},
    )
