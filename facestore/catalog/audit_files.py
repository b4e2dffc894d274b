"""Audits: what must hold of the tables and views of a store, and what was found.

A file `sql/audits/<name>.sql` is one bare select which returns the rows that are wrong; none means
that all is well. It is run by `facestore doctor` and not installed into the store. The files that
prove the views in `tests/sql/invariants/` have the same form::

    -- labels_refer: every label belongs to a sample and is a class of its attribute
    -- audits: labels, samples, classes
    -- reads: labels, samples, classes
    -- todo: import the labels again
    select ...

`severity: note` makes what it finds worth knowing and no failure.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from facestore.catalog.sqlfiles import SqlFile, parse_sql_file

# What no audit looks into: the program's own records of what it installed and ran.
BOOKKEEPING = frozenset({"schema_migrations", "schema_views", "runs"})


class Status(StrEnum):
    """How an audit ended."""

    ok = "ok"
    note = "note"
    failed = "failed"


@dataclass(frozen=True)
class Finding:
    """What one audit found.

    Attributes
    ----------
    name
        Name of the audit.
    about
        Tables and views that it is about.
    title
        What must hold.
    status
        `note`: there are such rows, and they are no failure.
    n_bad
        Number of rows that are wrong.
    seconds
        How long it took.
    columns, rows
        The first of these rows.
    todo
        What to do about them.
    """

    name: str
    about: tuple[str, ...]
    title: str
    status: Status
    n_bad: int
    seconds: float
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    todo: str = ""


class AuditFile(SqlFile):
    """One file of audits."""

    @property
    def title(self) -> str:
        """What must hold."""
        return self.facts["title"]

    @property
    def about(self) -> tuple[str, ...]:
        """Tables, views and macros that it audits."""
        return self.names_of("audits")

    @property
    def todo(self) -> str:
        """What to do about rows that it finds."""
        return self.facts["todo"]

    @property
    def is_note(self) -> bool:
        """Whether what it finds is no failure."""
        return self.facts.get("severity") == "note"


def load_audits(folder: Path) -> list[AuditFile]:
    """Read the audits of a folder, by name.

    Raises
    ------
    ValueError
        If a header lacks what it audits or what to do.
    """
    audits = []
    for path in sorted(folder.glob("*.sql")):
        audit = parse_sql_file(path, AuditFile)
        for fact in ("audits", "reads", "todo"):
            if not audit.facts.get(fact):
                message = f"{path.name}: its header needs a line '-- {fact}: ...'"
                raise ValueError(message)
        audits.append(audit)
    return audits
