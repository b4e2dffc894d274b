"""How far a long command is: a bar on stderr, where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from facestore.cli.console import one_line, voice
from facestore.progress import Progress, SilentProgress, Task

if TYPE_CHECKING:
    from rich.progress import Progress as RichBar
    from rich.progress import ProgressColumn, TaskID


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
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            _rate_column(),
            progress.TimeRemainingColumn(elapsed_when_finished=True),
        )
        with progress.Progress(*columns, console=Console(stderr=True)) as bar:
            yield _BarTask(bar, bar.add_task(one_line(title), total=total))

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
