"""What the command line prints: results to stdout, progress and messages to stderr."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TextIO

import typer

from facestore.cli.wording import as_typed
from facestore.files import csv_text
from facestore.progress import Progress, SilentProgress, Task

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichBar
    from rich.progress import ProgressColumn, TaskID
    from rich.table import Table

# Wide enough for any row where no terminal says how wide it is.
_PIPE_WIDTH = 10_000
# Characters: what a table has between two columns, and how narrow text and headings may become.
_BETWEEN = 3
_NARROW_TEXT = 18
_HEADING = 8


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


def say(notice: object) -> None:
    """Print what is no result: a line for the user, or the summary of a step on the way."""
    if voice.is_quiet:
        return
    for line in [as_typed(notice)] if isinstance(notice, str) else _lines_of(notice):
        typer.echo(wrapped(one_line(line), sys.stderr), err=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print results that are lines."""
    for line in lines:
        typer.echo(wrapped(one_line(line), sys.stdout))


def print_summary(summary: object) -> None:
    """Print what a verb did."""
    print_lines(_lines_of(summary))


def _lines_of(summary: object) -> list[str]:
    # Here, since it knows all verbs: `facestore --help` needs none of what they import.
    from facestore.cli.summaries import lines_of

    return [as_typed(line) for line in lines_of(summary)]


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: Format) -> None:
    """Print rows in one of the formats."""
    if style is Format.csv:
        sys.stdout.write(csv_text(columns, rows))
    elif style is Format.json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        typer.echo(json.dumps(records, indent=2, default=str, ensure_ascii=False))
    else:
        _print_table(columns, rows)


def result_console() -> Console:
    """Return where results are printed: as wide as the terminal, and in a pipe without an end."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def shortened(text: str, width: int, *, at: float = 0.5) -> str:
    """Return a text of at most `width` characters: `…` stands for what was cut, `at` its place."""
    if len(text) <= width:
        return text
    n_before = int((width - 1) * at)
    return f"{text[:n_before]}…{text[len(text) - (width - 1 - n_before) :]}"


def _print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; where it is too wide for the terminal, each row as lines of its own."""
    console = result_console()
    widths = [_narrowest(column, [row[i] for row in rows]) for i, column in enumerate(columns)]
    if sum(widths) + _BETWEEN * len(widths) > console.width and len(rows) > 1:
        # What all rows have in common is said once, and leaves room for the rest.
        same = [i for i in range(len(columns)) if all(row[i] == rows[0][i] for row in rows)]
        told = [f"{columns[i]} {_cell(rows[0][i])}" for i in same if rows[0][i] is not None]
        if told:
            console.print(f"\nin all rows: {', '.join(told)}", style="dim")
        kept = [i for i in range(len(columns)) if i not in same] or [0]
        columns, rows = [columns[i] for i in kept], [[row[i] for i in kept] for row in rows]
        widths = [widths[i] for i in kept]
    if sum(widths) + _BETWEEN * len(widths) > console.width:
        _print_records(console, columns, rows)
    else:
        console.print(_table(columns, rows))
    console.print(f"{len(rows):,} rows" if len(rows) != 1 else "1 row", style="dim")


def _narrowest(column: str, values: Sequence[Any]) -> int:
    """Return how narrow a column may become: numbers are never broken, text not to crumbs."""
    widest = max(map(len, map(_cell, values)), default=0)
    text = widest if _are_numbers(values) else min(widest, _NARROW_TEXT)
    return max(text, min(len(column), _HEADING))


def _are_numbers(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, int | float | None) for value in values)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE, pad_edge=False, header_style="bold")
    for position, column in enumerate(columns):
        values = [row[position] for row in rows]
        justify: Literal["left", "right"] = "right" if _are_numbers(values) else "left"
        table.add_column(
            column, justify=justify, overflow="fold", min_width=_narrowest(column, values)
        )
    for row in rows:
        table.add_row(*map(_cell, row))
    return table


def _print_records(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print each row as lines of a name and a value; those without a value are left out."""
    from rich.padding import Padding
    from rich.table import Table

    for number, row in enumerate(rows, 1):
        console.print(f"\nrow {number:,}", style="bold")
        record = Table.grid(padding=(0, 2, 0, 0))
        record.add_column(style="dim", min_width=max(map(len, columns)))
        record.add_column(overflow="fold")
        for column, value in zip(columns, row, strict=True):
            if value is not None:
                record.add_row(column, _cell(value))
        console.print(Padding(record, (0, 0, 0, 2)))
    console.print()


def _cell(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return escape(printable(str(value)))


class _BarTask:
    """A rich task as `Task` wants it."""

    def __init__(self, bar: RichBar, task: TaskID) -> None:
        self._bar, self._task = bar, task

    def advance(self, n: int = 1) -> None:
        """Say that `n` more items are done."""
        self._bar.advance(self._task, n)


class TerminalProgress:
    """A bar on stderr with rate and time left; in the end, with the time that it took."""

    @contextmanager
    def _show(self, title: str, total: int) -> Iterator[Task]:
        from rich import progress
        from rich.console import Console

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            _rate_column(),
            progress.TimeRemainingColumn(elapsed_when_finished=True),
        )
        with progress.Progress(*columns, console=Console(stderr=True)) as bar:
            yield _BarTask(bar, bar.add_task(title, total=total))

    def task(self, title: str, total: int) -> AbstractContextManager[Task]:
        """Begin a piece of work of `total` items; it ends with the context."""
        return self._show(title, total) if total else SilentProgress().task(title, total)


def terminal_progress() -> Progress:
    """Return a progress bar, or a silent one where stderr is no terminal."""
    is_shown = sys.stderr.isatty() and not voice.is_quiet
    return TerminalProgress() if is_shown else SilentProgress()


def _rate_column() -> ProgressColumn:
    from rich.progress import ProgressColumn
    from rich.progress import Task as RichTask
    from rich.text import Text

    class Rate(ProgressColumn):
        """Items a second: of late, and in the end of the whole task."""

        def render(self, task: RichTask) -> Text:
            """Show the speed of a task."""
            speed = task.completed / task.finished_time if task.finished_time else task.speed
            return Text("" if speed is None else f"{speed:,.0f}/s")

    return Rate()
