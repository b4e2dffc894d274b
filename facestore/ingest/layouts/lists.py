"""Lists: a table whose rows are the paths or URIs of images, with their labels beside them."""

from pathlib import Path
from shlex import quote

import polars as pl

from facestore.errors import TableError, counted
from facestore.images.files import PlainFile
from facestore.images.places import ImageSource
from facestore.images.remote import check_protocol, is_uri
from facestore.ingest.layouts.found_labels import LabelTable
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_tables import read_labels
from facestore.ingest.layouts.manifest import Manifest
from facestore.ingest.layouts.parquet_paths import column_of_paths, labels_by_path
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
    is_free = rules.mapping.file is None or rules.mapping.file_is_known
    if is_free and (column := _of_paths(path)):
        found = f"a table with paths of images in {column!r}"
        return _listed(path, labels_by_path(path, column, rules), reason or found)
    text, files, labels = read_labels(path, rules, preferred=_COLUMNS)
    kinds = _kinds(len(text.rows), sum(map(is_uri, labels.names)))
    return _listed(path, labels, reason or f"a table with a column {files.columns[0]!r} of {kinds}")


def _listed(path: Path, labels: LabelTable, reason: str) -> Manifest:
    """Return the files that a table names, none of which has to be a file but one."""
    protocols = {name.partition(":")[0].lower(): name for name in labels.names if is_uri(name)}
    for example in protocols.values():
        check_protocol(example)
    source = ImageSource(path, LAYOUT)
    entries = tuple(FileEntry(source.file(name), name) for name in labels.names)
    if not protocols and not any(_is_there(each.file) for each in entries):
        where = f"none of its {counted(len(entries), 'file')} is there"
        example = f"{path.parent / labels.names[0]}"
        raise TableError(
            path,
            f"{where} ('{example}' and so on)",
            "Paths are relative to the folder of the table. If it is a table of labels: "
            f"`facestore ingest FOLDER labels={quote(str(path))}`.",
        )
    return Manifest(layout=LAYOUT, reason=reason, entries=entries, table=labels)


def _is_there(file: object) -> bool:
    return isinstance(file, PlainFile) and file.path.exists()


def _of_paths(path: Path) -> str | None:
    """Return the column of images of a Parquet file that has their paths alone."""
    if path.suffix.lower() != ".parquet":
        return None
    with refusing(path):
        columns = pl.read_parquet_schema(path)
    return None if set(_COLUMNS) & set(columns) else column_of_paths(path)


def _kinds(n_rows: int, n_uris: int) -> str:
    if n_uris == n_rows:
        return "URIs"
    return "paths and URIs" if n_uris else "paths"
