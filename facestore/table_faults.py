"""Why a text is no table: which row has too many cells, or a quote that nobody closed."""

import csv
from collections.abc import Iterator

from facestore.errors import by_number, counted
from facestore.table_text import TableText

_QUOTE = b'"'
_CLOSE = "Close it, or write two quotes for one that is part of a text and put the text in quotes."
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar (|)"}


def is_suspect(text: TableText) -> bool:
    """Say whether a quote may not be closed, so that rows would be taken for one cell."""
    header = text.data.partition(b"\n")[0]
    return any(each.count(_QUOTE) % 2 for each in (text.data, header))


def fault_of(text: TableText) -> tuple[str, str] | None:
    """Return what is wrong with the first bad row of a text, and what to do; None: nothing is."""
    n_columns = len(text.names)
    for number, cells in _rows(text):
        where = f"row {number}" if number >= text.first_row else "its header"
        if cells is None:
            return f'{where} has a quote (") that is not closed, or stands within a text', _CLOSE
        n_columns = n_columns or len(cells)
        if len(cells) > n_columns:
            n, there = counted(len(cells), "cell"), by_number(n_columns, "there is", "there are")
            problem = f"{where} has {n}, and {there} {counted(n_columns, 'column')}"
            return problem, f"{_apart(text)}, or remove what is too much."
    return None


def short_rows(text: TableText) -> tuple[str, str] | None:
    """Return what is wrong where every row is shorter than its header; None: a row is as long."""
    if text.names:
        return None
    header, *widths = (len(cells or ()) for _, cells in _rows(text))
    if not widths or max(widths) >= header:
        return None
    most = counted(max(widths), "cell")
    problem = f"its header has {counted(header, 'name')}, and no row has more than {most}"
    return (
        problem,
        "Expected a name for each column, and no more: values would be under wrong ones.",
    )


def _apart(text: TableText) -> str:
    """Say how a separator is kept within a text."""
    if text.is_of_blanks:
        return "Part the columns by commas, with quotes around a text that has one"
    name = _SEPARATORS.get(text.separator, repr(text.separator))
    return f"Put a text with a {name} in it in quotes"


def _rows(text: TableText) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each row with its number, the header first; the cells of a broken one are None."""
    lines = [f"{line}\n" for line in text.data.decode().split("\n")]
    reader = csv.reader(iter(lines), delimiter=text.separator, strict=True)
    number = text.first_row - (not text.names)
    while True:
        first = reader.line_num
        try:
            cells = next(reader, None)
        except csv.Error:
            yield number, None
            return
        if cells is None:
            return
        # A quote in the middle of a cell is a letter here, and to Polars it is not.
        is_open = sum(line.count('"') for line in lines[first : reader.line_num]) % 2
        yield number, None if is_open else cells
        number += 1
