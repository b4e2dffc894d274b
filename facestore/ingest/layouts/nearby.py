"""Label tables that lie in or beside a folder of images and were not given: they are pointed at."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from shlex import quote

from facestore.errors import TableError
from facestore.ingest.layouts.files import Folder
from facestore.table_columns import file_names
from facestore.tables import read_text_rows

_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet")
# Looking takes little time, and a folder of images may have many other files.
_N_TABLES = 8
_MAX_BYTES = 50_000_000


def tables_nearby(source: Path, folder: Folder) -> list[Path]:
    """Return the tables in and beside a folder that have a column of its files, and another one.

    Parameters
    ----------
    source
        The folder.
    folder
        What it holds.

    Returns
    -------
    list of Path
        Those in the folder first.
    """
    wanted = {PurePosixPath(entry.name).name for entry in folder.entries}
    candidates = [*_tables(folder.others), *_tables(_beside(source))]
    return [path for path in candidates if _names_files(path, wanted)]


def hints(tables: Sequence[Path]) -> tuple[str, ...]:
    """Return lines that say which option takes these tables."""
    return tuple(
        f"'{path}' looks like a table of labels and was not read: add `labels={quote(str(path))}`"
        for path in tables
    )


def _tables(paths: Sequence[Path]) -> list[Path]:
    return [path for path in paths if path.suffix.lower() in _SUFFIXES][:_N_TABLES]


def _beside(source: Path) -> list[Path]:
    try:
        return sorted(each for each in source.absolute().parent.iterdir() if each.is_file())
    except OSError:  # a folder above that may not be read has nothing to say
        return []


def _names_files(path: Path, wanted: set[str]) -> bool:
    """Say whether a table has a column in which one of the files occurs, and more columns."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return False
        table = read_text_rows(path).table
    except (TableError, OSError):  # it was not asked for, and so is no error
        return False
    if len(table.columns) < 2:
        return False
    try:
        files = file_names(path, table).names
    except TableError:
        return False
    names = files.drop_nulls().str.replace_all("\\", "/", literal=True)
    return bool(names.str.split("/").list.last().is_in(list(wanted)).any())
