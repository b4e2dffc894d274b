"""How long commands show where they are; without a library, so that `--help` stays fast."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Task(Protocol):
    """A piece of work whose progress is shown."""

    def advance(self, n: int = 1) -> None:
        """Say that `n` more items are done."""


class Progress(Protocol):
    """Shows how far a long command is."""

    def task(self, title: str, total: int) -> AbstractContextManager[Task]:
        """Begin a piece of work of `total` items; it ends with the context."""


class SilentProgress:
    """Shows nothing."""

    def task(self, title: str, total: int) -> AbstractContextManager[Task]:
        """Return a task that ignores what it is told."""
        return nullcontext(self)

    def advance(self, n: int = 1) -> None:
        """Do nothing."""
