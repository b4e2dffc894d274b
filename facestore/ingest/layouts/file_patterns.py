"""Which column, or pattern of columns, names the files that are there: offered, never assumed.

Some files are looked at, and rows are sought of which a value stands in the name of one, perhaps
without its zeros or its blanks. What is left of the name has values of other columns of the row, or
is a text that the names have in common.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import polars as pl

from facestore.errors import FileNamesError, TableError
from facestore.table_columns import file_names, fill
from facestore.tables import read_text_rows

# So many files are looked at, and so many rows for a value that stands in the name of one.
_N_FILES, _N_ROWS = 40, 3
# Fewer of the files than this fit by chance; and flags and scores are no names.
_LEAST, _LEAST_DISTINCT, _LONGEST = 0.1, 0.05, 200
_UNFIT = set("{}:'`")

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class _Part:
    """A part of a name: a text, or a column and how it is written (`:4`, `:_`)."""

    text: str
    column: str = ""

    def __str__(self) -> str:
        return f"{{{self.column}{self.text}}}" if self.column else self.text


def fitting_pattern(path: Path, table: pl.DataFrame, files: Sequence[str]) -> str | None:
    """Return what a table calls the files, as `file_column` takes it; None: nothing fits.

    Parameters
    ----------
    path, table
        The table, its columns as text.
    files
        Names of the files, relative to their folder.
    """
    table = table.select([name for name in table.columns if name and not _UNFIT & set(name)])
    rows_of = {column.name: _rows_by_value(column) for column in table if _may_name(column)}
    looked_at = files[:: max(1, len(files) // _N_FILES)]
    found = Counter(each for file in looked_at for each in {*_patterns(file, table, rows_of)})
    # Of those that fit as many files the one that needs the fewest columns.
    likeliest = sorted(found, key=lambda each: (-found[each], each.count("{"), each))
    fitting = (each for each in likeliest if found[each] >= _LEAST * len(looked_at))
    return next((each for each in fitting if _tells_apart(path, table, each)), None)


def fitting_file_column(path: Path, encoding: str | None, files: Sequence[str]) -> str | None:
    """Return what a table calls the files, where its own column of files meets none of them.

    Parameters
    ----------
    path, encoding
        The table.
    files
        Names of the files, relative to their folder.
    """
    try:
        table = read_text_rows(path, encoding).table
        if meets(file_names(path, table).names, files):
            return None
    except FileNamesError:
        pass
    except TableError:
        return None
    return fitting_pattern(path, table, files)


def meets(names: pl.Series, files: Sequence[str]) -> bool:
    """Say whether a column names some files; their folders are left aside."""
    known = {PurePosixPath(file).name for file in files}
    return any(_last(name) in known for name in names.drop_nulls())


def _may_name(column: pl.Series) -> bool:
    longest = column.str.len_chars().max()
    is_short = isinstance(longest, int) and longest <= _LONGEST
    return is_short and column.n_unique() >= max(2, _LEAST_DISTINCT * len(column))


def _rows_by_value(column: pl.Series) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(column):
        if value is not None and len(known := rows.setdefault(_last(value), [])) < _N_ROWS:
            known.append(row)
    return rows


def _last(value: str) -> str:
    """Return the last part of a path."""
    return value.replace("\\", "/").rpartition("/")[2]


def _patterns(
    file: str, table: pl.DataFrame, rows_of: Mapping[str, Mapping[str, Sequence[int]]]
) -> Iterator[str]:
    """Yield what may name a file, or a folder that it is in."""
    pure = PurePosixPath(file)
    for start, end in _spans(pure.name):
        text = pure.name[start:end]
        for column, rows in rows_of.items():
            for value in {text, text.lstrip("0") or "0", text.replace("_", " ")}:
                part = _Part(_how(text, value), column)
                for row in rows.get(value, ()):
                    yield _filled(pure, start, end, part, table.row(row, named=True))
    for folder in pure.parts[:-1]:
        for column, rows in rows_of.items():
            for value in {folder, folder.replace("_", " ")} & rows.keys():
                yield f"{_Part(_how(folder, value), column)}/"


def _spans(name: str) -> list[tuple[int, int]]:
    """Return where the parts of a name between its marks begin and end, and runs of them."""
    marks = [found.start() for found in re.finditer(r"[._ -]", name)]
    starts, ends = [0, *(mark + 1 for mark in marks)], [*marks, len(name)]
    return [(start, end) for i, start in enumerate(starts) for end in ends[i:] if end > start]


def _filled(file: PurePosixPath, start: int, end: int, part: _Part, row: Row) -> str:
    """Return the pattern of a file, in whose name a column stands; other columns are filled in."""
    if _last(row[part.column] or "") != (row[part.column] or ""):
        return part.column  # a path, which is met by its tail
    others = [(name, value) for name, value in row.items() if value and name != part.column]
    others.sort(key=lambda each: -len(each[1] or ""))
    name = [_Part(file.name[:start]), part, _Part(file.name[end:])]
    above = [_Part(file.parent.name)]
    for column, value in others:
        name, above = (_with(parts, column, value or "") for parts in (name, above))
    # A folder in which no column stands is that of some files alone.
    parts = [*above, _Part("/"), *name] if any(each.column for each in above) else name
    shown = "".join(map(str, parts))
    return part.column if shown == f"{{{part.column}}}" else shown


def _with(parts: Sequence[_Part], column: str, value: str) -> list[_Part]:
    """Return parts of a name with a column for its value, where that stands by itself."""
    zeros = "0*" if value.isdecimal() else ""
    written = zeros + re.escape(value).replace(r"\ ", "[ _]")
    found = []
    for part in parts:
        at = None if part.column else re.search(rf"(?<![^\W_]){written}(?![^\W_])", part.text)
        if at is None:
            found.append(part)
            continue
        before, after = _Part(part.text[: at.start()]), _Part(part.text[at.end() :])
        found += [before, _Part(_how(at[0], value), column), after]
    return found


def _how(text: str, value: str) -> str:
    """Return how a value is written as a text: as it is, with zeros before it or without blanks."""
    if text == value:
        return ""
    return ":_" if text == value.replace(" ", "_") else f":{len(text)}"


def _tells_apart(path: Path, table: pl.DataFrame, pattern: str) -> bool:
    """Say whether each row has a name of its own."""
    names = fill(path, table, pattern)[0] if "{" in pattern else table[pattern]
    return not names.drop_nulls().is_duplicated().any()
