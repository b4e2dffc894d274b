"""What audits outside of SQL find: bad rows are counted, and the first of them kept."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from facestore.catalog.audit_files import Finding, Status
from facestore.errors import FacestoreError

_MOST_LETTERS = 200
# What is raised where files are missing or damaged. Lance's own panics have no class to import.
_RAISED = (
    FacestoreError, duckdb.Error, RuntimeError, ValueError, OSError, MemoryError, TypeError,
    LookupError, OverflowError,
)  # fmt: skip
_PANICS = ("PanicException", "RustPanic")


@dataclass
class Tally:
    """Bad rows of one audit.

    Attributes
    ----------
    name, about, title, todo
        As a finding has them.
    columns
        Of its rows.
    is_note
        Whether what it finds is no failure.
    is_deep
        Whether all vectors or values have to be read for it.
    n_kept
        How many rows are kept.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    todo: str
    about: tuple[str, ...] = ("vectors/",)
    is_note: bool = False
    is_deep: bool = False
    n_kept: int = 5
    n_bad: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    problem: str | None = None

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Count rows, and keep the first."""
        for row in rows:
            self.n_bad += 1
            if len(self.rows) < self.n_kept:
                self.rows.append(row)

    @contextmanager
    def surviving(self, what: str, *, is_row: bool = False) -> Iterator[None]:
        """Make a problem of what is raised where something is damaged, so that the rest goes on.

        Parameters
        ----------
        what
            What is read, in words.
        is_row
            Whether the problem is a bad row, of `what` and the problem, as others are.
        """
        try:
            yield
        except BaseException as error:
            if not (isinstance(error, _RAISED) or type(error).__name__ in _PANICS):
                raise
            if is_row:
                self.add([(what, f"it cannot be read: {in_short(error)}")])
            else:
                self.problem = self.problem or f"{what}: {in_short(error)}"

    def finding(self, started: float) -> Finding:
        """Return what was found; one that could not be looked for to the end has failed."""
        status = Status.note if self.is_note else Status.failed
        columns, rows, n_bad = self.columns, tuple(self.rows), self.n_bad
        if self.problem is not None:
            status, n_bad = Status.failed, n_bad + 1
            if not rows:
                columns, rows = ("problem",), ((self.problem,),)
        return Finding(
            name=self.name,
            about=self.about,
            title=self.title,
            status=status if n_bad else Status.ok,
            n_bad=n_bad,
            seconds=time.perf_counter() - started,
            columns=columns,
            rows=rows,
            todo=self.todo,
        )


def in_short(error: BaseException) -> str:
    """Return an error in one line that is not too long."""
    return " ".join(str(error).split())[:_MOST_LETTERS]
