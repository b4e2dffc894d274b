"""Lists: a table whose rows are the paths or URIs of images, with their labels beside them."""

from pathlib import Path
from shlex import quote

import polars as pl

from facestore.errors import TableError, counted
from facestore.images.files import PlainFile
from facestore.images.places import ImageSource
from facestore.images.remote import check_protocol, is_uri
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_labels
from facestore.ingest.layouts.manifest import Manifest
from facestore.names import FILE_COLUMNS
from facestore.records import FileEntry
from facestore.tables import refusing

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
    if rules.mapping.file is None:
        _refuse_without_bytes(path)
    text, files, labels = read_labels(path, rules, preferred=_COLUMNS)
    if text.table.is_empty():
        raise TableError(path, "it has no rows", "Expected a path or URI a row.")
    protocols = {name.partition(":")[0].lower(): name for name in labels.names if is_uri(name)}
    for example in protocols.values():
        check_protocol(example)
    source = ImageSource(path, LAYOUT)
    n_uris = sum(map(is_uri, labels.names))
    entries = tuple(FileEntry(source.file(name), name) for name in labels.names)
    if not n_uris and not any(_is_there(each.file) for each in entries):
        where = f"none of its {counted(len(entries), 'file')} is there"
        example = f"{path.parent / labels.names[0]}"
        raise TableError(
            path,
            f"{where} ('{example}' and so on)",
            "Paths are relative to the folder of the table. If it is a table of labels: "
            f"`facestore ingest FOLDER labels={quote(str(path))}`.",
        )
    return Manifest(
        layout=LAYOUT,
        reason=reason
        or f"a table with a column {files.columns[0]!r} of {_kinds(len(text.rows), n_uris)}",
        entries=entries,
        table=labels,
    )


def _is_there(file: object) -> bool:
    return isinstance(file, PlainFile) and file.path.exists()


def _refuse_without_bytes(path: Path) -> None:
    """Refuse a Parquet file whose columns of images have `path` and, in `bytes`, nothing."""
    if path.suffix.lower() != ".parquet":
        return
    with refusing(path):
        kinds = pl.read_parquet_schema(path)
    if set(_COLUMNS) & set(kinds):
        return
    for name, kind in kinds.items():
        if isinstance(kind, pl.Struct) and {"bytes", "path"} <= {each.name for each in kind.fields}:
            problem = f"its column {name!r} has paths of images and no bytes of them"
            raise TableError(path, problem, "Give a table with these paths in a column `file`.")


def _kinds(n_rows: int, n_uris: int) -> str:
    if n_uris == n_rows:
        return "URIs"
    return "paths and URIs" if n_uris else "paths"
