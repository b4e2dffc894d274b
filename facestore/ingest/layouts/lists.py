"""Lists: a table whose rows are the paths or URIs of images, with their labels beside them."""

from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.images.places import ImageSource
from facestore.images.remote import check_protocol, is_uri
from facestore.ingest.layouts.label_tables import LabelRules, labels_in
from facestore.ingest.layouts.manifest import Manifest
from facestore.names import FILE_COLUMNS
from facestore.records import FileEntry
from facestore.tables import read_text_table

LAYOUT = "list"
_COLUMNS = (*FILE_COLUMNS, "url", "uri", "image_url", "URL")


def read_list(path: Path, rules: LabelRules, reason: str) -> Manifest:
    """Read a CSV, TSV, JSON lines or Parquet table with a column of paths or URIs.

    Parameters
    ----------
    path
        The table. Paths are relative to its folder, or absolute.
    rules
        What may be a label.
    reason
        Why this layout was chosen.

    Raises
    ------
    TableError
        If it cannot be read, has no such column, or a label is refused.
    InputError
        If what reads its URIs is not installed.
    """
    table = read_text_table(path)
    column = next((each for each in _COLUMNS if each in table.columns), None)
    if column is None:
        problem = f"no column of files among {preview(map(repr, table.columns), 8)}"
        todo = f"Expected one of {', '.join(_COLUMNS)}."
        if names := _without_bytes(path):
            problem = f"its column {names[0]!r} has paths of images and no bytes of them"
            todo = "Give a table with these paths in a column `file`."
        raise TableError(path, problem, todo)
    if table.is_empty():
        raise TableError(path, "it has no rows", "Expected a path or URI a row.")
    labels = labels_in(path, table.drop(column), table[column], rules)
    protocols = {name.partition(":")[0].lower(): name for name in labels.names if is_uri(name)}
    for example in protocols.values():
        check_protocol(example)
    source = ImageSource(path, LAYOUT)
    n_uris = sum(map(is_uri, labels.names))
    return Manifest(
        layout=LAYOUT,
        reason=reason or f"a table with a column {column!r} of {_kinds(len(table), n_uris)}",
        entries=tuple(FileEntry(source.file(name), name) for name in labels.names),
        table=labels,
    )


def _without_bytes(path: Path) -> list[str]:
    """Return the columns of images of a Parquet file that have `path` and, in `bytes`, nothing."""
    if path.suffix.lower() != ".parquet":
        return []
    kinds = pl.read_parquet_schema(path).items()
    return [
        name
        for name, kind in kinds
        if isinstance(kind, pl.Struct) and {"bytes", "path"} <= {each.name for each in kind.fields}
    ]


def _kinds(n_rows: int, n_uris: int) -> str:
    if n_uris == n_rows:
        return "URIs"
    return "paths and URIs" if n_uris else "paths"
