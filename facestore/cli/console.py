"""What the command line prints: results to stdout, messages to stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TextIO

import typer

from facestore.cli.wording import as_typed
from facestore.errors import counted
from facestore.files import csv_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Wide enough for any row where no terminal says how wide it is.
_PIPE_WIDTH = 10_000
# Characters: what a table has between two columns, with lines and without, and how narrow text,
# headings and names that are cut may become.
_BETWEEN, _GAP = 3, 2
_NARROW_TEXT = 18
_HEADING = 8
_NARROWEST_NAME = 12


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title
        Its heading.
    cells
        What is in its rows; None: nothing.
    is_number
        Whether cells stand at the right, and are never broken.
    """

    title: str
    cells: Sequence[str | None]
    is_number: bool = False

    def __post_init__(self) -> None:
        # before anything is measured
        object.__setattr__(self, "title", one_line(self.title))
        cells = [None if cell is None else printable(cell) for cell in self.cells]
        object.__setattr__(self, "cells", cells)

    @property
    def width(self) -> int:
        """Where nothing is broken."""
        return max(len(self.title), self._widest)

    @property
    def narrowest(self) -> int:
        """How narrow it may become: numbers are never broken, text not to crumbs."""
        text = self._widest if self.is_number else min(self._widest, _NARROW_TEXT)
        return max(text, min(len(self.title), _HEADING))

    @property
    def _widest(self) -> int:
        return max((len(cell or "") for cell in self.cells), default=0)


@dataclass
class Voice:
    """How much is said beside results; set once, by the options before the command.

    Attributes
    ----------
    is_quiet
        No messages and no progress; errors are still told.
    is_verbose
        Errors come with where they came from.
    """

    is_quiet: bool = False
    is_verbose: bool = False


voice = Voice()


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    vertical = "vertical"
    markdown = "markdown"
    csv = "csv"
    json = "json"


def printable(text: str) -> str:
    r"""Return a text that no terminal takes for commands: what cannot be printed becomes `\xNN`."""
    shown = "".join(c if c.isprintable() or c in "\n\t" else _escaped(c) for c in text)
    return shown.encode("utf-8", "backslashreplace").decode()


def one_line(text: str) -> str:
    r"""Return a printable text in one line; a line break in the name of a file becomes `\n`."""
    return printable(text).replace("\n", "\\n").replace("\t", "\\t")


def wrapped(text: str, stream: TextIO) -> str:
    """Return a line: broken between words for a terminal, never in commands; else as it is."""
    width = shutil.get_terminal_size().columns
    if not stream.isatty() or len(text) <= width:
        return text
    # What stands in backquotes is there to be copied: its blanks are none while lines are broken.
    held = re.sub(r"`[^`]+`", lambda found: found[0].replace(" ", "\0"), text)
    return textwrap.fill(
        held, width, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    ).replace("\0", " ")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def say(line: str) -> None:
    """Print a line for the user that is no result."""
    if not voice.is_quiet:
        typer.echo(wrapped(one_line(line), sys.stderr), err=True)


def pass_on(notice: object) -> None:
    """Print what a verb tells on its way: a line, or the summary of a verb that it called."""
    for line in [as_typed(notice)] if isinstance(notice, str) else _lines_of(notice):
        say(line)


def print_lines(lines: Iterable[str]) -> None:
    """Print results that are lines."""
    for line in lines:
        typer.echo(wrapped(one_line(line), sys.stdout))


def print_exact(line: str) -> None:
    """Print a line that is there to be copied: it is never broken."""
    typer.echo(one_line(line))


def print_summary(summary: object) -> None:
    """Print what a verb did."""
    print_lines(_lines_of(summary))


def _lines_of(summary: object) -> list[str]:
    # Here, since it knows all verbs: `facestore --help` needs none of what they import.
    from facestore.cli.summaries import lines_of

    return lines_of(summary)


def print_rows(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], style: Format, *, raw: bool = False
) -> None:
    """Print rows in one of the formats.

    CSV and JSON are exact in a file or a pipe. A terminal would take some characters for commands,
    so there they are escaped. The other formats are for people wherever they go: always escaped,
    and numbers with four significant digits.

    Parameters
    ----------
    columns, rows, style
        What is printed, and how.
    raw
        Whether text in CSV is as it is, also where a spreadsheet takes it for a formula.
    """
    if style is Format.csv:
        text = csv_text(columns, rows, raw=raw)
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
    elif style is Format.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        text = json.dumps(records, indent=2, default=str, ensure_ascii=False)
        typer.echo(_as_json(text) if sys.stdout.isatty() else text)
    else:
        cells = [_column(name, [row[i] for row in rows]) for i, name in enumerate(columns)]
        _PRINTERS[style](cells, len(rows))


def _as_json(text: str) -> str:
    r"""Return JSON with `\uNNNN` in the place of what cannot be printed."""
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def result_console() -> Console:
    """Return where results are printed: as wide as the terminal, and in a pipe without an end."""
    from rich.console import Console

    class Printing(Console):
        """A console on which no text is a command."""

        def print(self, *objects: Any, **style: Any) -> None:
            """Print, with what cannot be printed escaped."""
            shown = (printable(each) if isinstance(each, str) else each for each in objects)
            super().print(*shown, **style)

    # Names of files are no markup, and `:cat:` in one is no picture of a cat.
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    return Printing(width=width, highlight=False, markup=False, emoji=False)


def shortened(text: str, width: int, *, at: float = 0.5) -> str:
    """Return a text of at most `width` characters: `…` stands for what was cut, `at` its place."""
    if len(text) <= width:
        return text
    n_before = int((width - 1) * at)
    return f"{text[:n_before]}…{text[len(text) - (width - 1 - n_before) :]}"


def print_plain_table(columns: Sequence[Column]) -> None:
    """Print a table without lines, every row in one; the first column is cut until it fits."""
    console = result_console()
    first, *others = columns
    room = max(_NARROWEST_NAME, console.width - sum(each.width + _GAP for each in others))
    cut = replace(first, cells=[shortened(cell or "", room) for cell in first.cells])
    fitted = [cut, *others]
    # Never broken: a wide character takes two places.
    _print_stripped(
        console, _table(fitted, has_lines=False), 2 * sum(each.width + _GAP for each in fitted)
    )


def _print_stripped(console: Console, shown: Table, width: int, indent: str = "") -> None:
    """Print lines without the blanks at their ends, of which a pipe gets thousands."""
    from rich.text import Text

    options = console.options.update(max_width=width)
    for line in console.render_lines(shown, options, pad=False):
        text = Text.assemble(indent, *((each.text, each.style or "") for each in line))
        text.rstrip()
        console.print(text, soft_wrap=True)


def _print_table(columns: Sequence[Column], n_rows: int) -> None:
    """Print a table; where it is too wide for the terminal, each row as lines of its own."""
    console = result_console()
    if not _fit(columns, console.width) and n_rows > 1:
        # What all rows have in common is said once, and leaves room for the rest.
        same = [each for each in columns if len(set(each.cells)) == 1]
        told = [f"{each.title} {each.cells[0]}" for each in same if each.cells[0] is not None]
        if told:
            console.print(f"\nin all rows: {', '.join(told)}", style="dim")
        columns = [each for each in columns if each not in same] or columns[:1]
    if _fit(columns, console.width):
        console.print(_table(columns))
    else:
        _print_records(console, columns)
    console.print(counted(n_rows, "row"), style="dim")


def _print_vertical(columns: Sequence[Column], n_rows: int) -> None:
    """Print each row as lines of its own, however wide the terminal is."""
    console = result_console()
    _print_records(console, columns)
    console.print(counted(n_rows, "row"), style="dim")


def _print_markdown(columns: Sequence[Column], n_rows: int) -> None:
    """Print a table of GitHub's Markdown, to be pasted: no line is broken."""
    titles = [_as_markdown(each.title) for each in columns]
    rules = ["---:" if each.is_number else "---" for each in columns]
    rows = [[_as_markdown(each.cells[i] or "") for each in columns] for i in range(n_rows)]
    for cells in (titles, rules, *rows):
        typer.echo(f"| {' | '.join(cells)} |")


def _as_markdown(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace("|", "\\|")


_PRINTERS = {
    Format.table: _print_table,
    Format.vertical: _print_vertical,
    Format.markdown: _print_markdown,
}


def _column(name: str, values: Sequence[object]) -> Column:
    are_numbers = all(isinstance(value, int | float | Decimal | None) for value in values)
    return Column(name, [_cell(value) for value in values], bool(values) and are_numbers)


def _fit(columns: Sequence[Column], width: int) -> bool:
    return sum(each.narrowest for each in columns) + _BETWEEN * len(columns) <= width


def _table(columns: Sequence[Column], *, has_lines: bool = True) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE if has_lines else None, pad_edge=False, header_style="bold")
    for each in columns:
        justify: Literal["left", "right"] = "right" if each.is_number else "left"
        table.add_column(each.title, justify=justify, overflow="fold", min_width=each.narrowest)
    for cells in zip(*(each.cells for each in columns), strict=True):
        table.add_row(*cells)
    return table


def _print_records(console: Console, columns: Sequence[Column]) -> None:
    """Print each row as lines of a name and a value; those without a value are left out."""
    from rich.table import Table

    indent = "  "
    for number, cells in enumerate(zip(*(each.cells for each in columns), strict=True), 1):
        console.print(f"\nrow {number:,}", style="bold")
        record = Table.grid(padding=(0, 2, 0, 0))
        record.add_column(style="dim", min_width=max(len(each.title) for each in columns))
        record.add_column(overflow="fold")
        for column, cell in zip(columns, cells, strict=True):
            if cell is not None:
                record.add_row(column.title, cell)
        _print_stripped(console, record, console.width - len(indent), indent)
    console.print()


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return significant(float(value)) if isinstance(value, float | Decimal) else str(value)


def significant(value: float) -> str:
    """Return a number in four significant digits, and never less than all before the point."""
    return f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.4g}"
