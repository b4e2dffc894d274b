"""Label tables that lie in or beside a folder of images and were not given: they are pointed at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from facestore.errors import TableError
from facestore.ingest.layouts.column_offers import may_have_labels
from facestore.ingest.layouts.file_patterns import fitting_pattern, meets
from facestore.ingest.layouts.files import Folder
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.table_columns import file_names
from facestore.tables import read_text_rows

_SUFFIXES = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet")
# Looking takes little time, and a folder of images may have many other files.
_N_TABLES = 8
_MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class NearbyTable:
    """A table that has labels of the files of a folder.

    Attributes
    ----------
    path
        Where it is.
    file_column
        What names the files by it; None: that is told by its columns.
    """

    path: Path
    file_column: str | None

    @property
    def hint(self) -> str:
        """What to add so that it is read."""
        added = f"`labels={quote(str(self.path))}`"
        if self.file_column:
            added += f" `file_column={quote(self.file_column)}`"
        return f"'{self.path}' looks like a table of labels and was not read: add {added}"


def tables_nearby(source: Path, folder: Folder, rules: LabelRules) -> list[NearbyTable]:
    """Return the tables in and beside a folder that have labels of its files.

    Parameters
    ----------
    source
        The folder.
    folder
        What it holds.
    rules
        What may be a label.

    Returns
    -------
    list of NearbyTable
        Those in the folder first.
    """
    files = [entry.name for entry in folder.entries]
    candidates = [*_tables(folder.others), *_tables(_beside(source))]
    known = LabelRules(rules.classes)
    found = (_looked_at(path, files, known) for path in candidates)
    return [each for each in found if each is not None]


def _tables(paths: Sequence[Path]) -> list[Path]:
    return [path for path in paths if path.suffix.lower() in _SUFFIXES][:_N_TABLES]


def _beside(source: Path) -> list[Path]:
    try:
        return sorted(each for each in source.absolute().parent.iterdir() if each.is_file())
    except OSError:  # a folder above that may not be read has nothing to say
        return []


def _looked_at(path: Path, files: Sequence[str], rules: LabelRules) -> NearbyTable | None:
    """Return a table that names some of the files, and has a column that may be of labels."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        table = read_text_rows(path).table
    except (TableError, OSError):  # it was not asked for, and so is no error
        return None
    pattern, taken = None, []
    try:
        named = file_names(path, table, rules.known_of(table.columns)[1].file)
        is_met, taken = meets(named.names, files), list(named.columns)
    except TableError:
        is_met = False
    if not may_have_labels(path, table, taken, rules):
        return None
    if not is_met and (pattern := fitting_pattern(path, table, files)) is None:
        return None
    return NearbyTable(path, pattern)
