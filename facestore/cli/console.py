"""What the command line prints: results to stdout, progress and messages to stderr."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

import typer

from facestore.progress import Progress, SilentProgress, Task

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichBar
    from rich.progress import ProgressColumn, TaskID

# Wide enough for any row where no terminal says how wide it is.
_PIPE_WIDTH = 10_000


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


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def say(line: str) -> None:
    """Print a line for the user that is no result."""
    if voice.is_quiet:
        return
    typer.echo(one_line(line), err=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print a summary."""
    for line in lines:
        typer.echo(one_line(line))


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: Format) -> None:
    """Print rows in one of the formats."""
    if style is Format.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
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
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    cells = [[_cell(value) for value in row] for row in rows]
    table = Table(box=SIMPLE, pad_edge=False, header_style="bold")
    for position, column in enumerate(columns):
        is_number = all(isinstance(row[position], int | float | None) for row in rows)
        # A number that is cut is another number; text and headings may break.
        widest = max((len(row[position]) for row in cells), default=0) if is_number else 0
        justify: Literal["left", "right"] = "right" if rows and is_number else "left"
        table.add_column(column, justify=justify, overflow="fold", min_width=max(widest, 4))
    for row in cells:
        table.add_row(*row)
    console = result_console()
    needed = console.measure(table).minimum
    if console.width < needed:
        console = Console(width=needed, highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"{len(rows):,} rows" if len(rows) != 1 else "1 row", style="dim")


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
    """A bar on stderr with rate and time left."""

    @contextmanager
    def _show(self, title: str, total: int) -> Iterator[Task]:
        from rich import progress
        from rich.console import Console

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            _rate_column(),
            progress.TimeRemainingColumn(),
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
        """Items a second."""

        def render(self, task: RichTask) -> Text:
            """Show the speed of a task."""
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.0f}/s")

    return Rate()
