"""Audits run on the DuckDB file: its definitions, that it can be read, and `sql/audits/*.sql`.

They are of what damage, another program or an older version can do to a store. That the views are
right where their definitions and the tables are is proved by tests, and not by each user's store.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Protocol

import duckdb

from facestore import resources
from facestore.catalog import definitions
from facestore.catalog.audit_files import Finding, Status, load_audits
from facestore.catalog.database import TableFamily
from facestore.catalog.definitions import Objects, Problem
from facestore.catalog.shipped import definitions_of_this_version, shipped_views
from facestore.catalog.sqlfiles import SqlFile
from facestore.catalog.views import AUDITS_FOLDER

_CANNOT_RUN = "a table or view is broken: restore the store from a copy, or import its data again"
_OTHER_TABLES = (
    "another program made these tables anew: restore the store from a copy, or import its data "
    "into a new one"
)
_OTHER_VIEWS = (
    "no command reads the store until `facestore migrate rebuild_views=True` has put them back. "
    "Figures that were taken in between may be wrong"
)
_FOREIGN = (
    "nothing has to be done: facestore neither reads nor changes them. The schema `mine` is the "
    "place for your own"
)
# What an audit of all tables is about, as `vectors/` is what those of the other half are about.
_TABLES = "tables"
_COUNTED_AT_ONCE = 10_000
_PROBLEM = ("kind", "name", "problem")


class Bad(Protocol):
    """Rows that must not be; a relation of DuckDB is such."""

    @property
    def columns(self) -> list[str]:
        """Their columns."""

    def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next rows."""


Rows = Callable[[duckdb.DuckDBPyConnection], Bad]
Read = Callable[[duckdb.DuckDBPyConnection], Objects]


@dataclass(frozen=True)
class Audit:
    """A query of bad rows.

    Attributes
    ----------
    name
        Name of the audit.
    about
        Tables and views that it is about.
    title, todo
        What must hold, and what to do where it does not.
    bad_rows
        The query, on a connection.
    is_note
        Whether what it finds is no failure.
    """

    name: str
    about: tuple[str, ...]
    title: str
    todo: str
    bad_rows: Rows
    is_note: bool = False


class Audits(TableFamily):
    """What must hold of the tables and views."""

    def run(self, audits: Sequence[Audit], n_examples: int) -> Iterator[Finding]:
        """Run audits in the order given."""
        with self._database.reader().cursor() as con:
            for audit in audits:
                yield _run(con, audit, n_examples)

    def run_on_altered(self, n_examples: int) -> Iterator[Finding]:
        """Run those audits that can be run on a store which another program has changed."""
        with self._database.unchecked() as con:
            for audit in of_definitions(cache(definitions.read)):
                yield _run(con, audit, n_examples)


class Listed:
    """Rows that no query gives.

    Parameters
    ----------
    columns
        Their columns.
    rows
        A tuple each.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
        self.columns = list(columns)
        self._rows = iter(rows)

    def fetchmany(self, size: int = 1) -> list[tuple[str, ...]]:
        """Return the next rows."""
        return list(islice(self._rows, size))


def of_definitions(read: Read) -> list[Audit]:
    """Return the audits of what is defined in the file; they run nothing that is in it.

    Parameters
    ----------
    read
        `definitions.read`, or what remembers its answer while nobody writes.
    """
    return [
        Audit(
            "tables_are_those_of_this_version",
            (_TABLES,),
            "tables have the columns, keys and checks that this version gives them",
            _OTHER_TABLES,
            lambda con: Listed(_PROBLEM, _problems(read(con), of_tables=True)),
        ),
        Audit(
            "views_are_those_of_this_version",
            tuple(view.name for view in shipped_views()),
            "views and macros are those that this version installs, and nothing hides them",
            _OTHER_VIEWS,
            lambda con: Listed(_PROBLEM, _problems(read(con), of_tables=False)),
        ),
    ]


def load(read: Read = definitions.read) -> list[Audit]:
    """Return every audit: of the file as a whole first, then those of `sql/audits/`.

    Parameters
    ----------
    read
        As `of_definitions` has it.
    """
    return [
        Audit(
            "tables_can_be_read",
            (_TABLES,),
            "every value of every table can be read",
            _CANNOT_RUN,
            lambda con: Listed(("table", "problem"), definitions.unreadable_tables(con, read(con))),
        ),
        *of_definitions(read),
        Audit(
            "others_keep_to_their_schema",
            (_TABLES,),
            "tables, views and macros that facestore did not make are in the schema mine",
            _FOREIGN,
            lambda con: Listed(("kind", "schema", "name"), _foreign(read(con))),
            is_note=True,
        ),
        *(
            Audit(each.name, each.about, each.title, each.todo, query_of(each), each.is_note)
            for each in load_audits(resources.folder("sql") / AUDITS_FOLDER)
        ),
    ]


def _problems(objects: Objects, *, of_tables: bool) -> list[Problem]:
    found = objects.hiding + objects.differing(definitions_of_this_version())
    return [each for each in found if (each.kind == "table") is of_tables]


def _foreign(objects: Objects) -> list[tuple[str, str, str]]:
    return objects.foreign(definitions_of_this_version())


def query_of(file: SqlFile) -> Rows:
    """Return the query of a file, to be run on a connection."""
    return lambda con: con.sql(file.body)


def _run(con: duckdb.DuckDBPyConnection, audit: Audit, n_examples: int) -> Finding:
    started = time.perf_counter()
    try:
        bad = audit.bad_rows(con)
        rows = bad.fetchmany(n_examples)
        n_bad = len(rows)
        while n_more := len(bad.fetchmany(_COUNTED_AT_ONCE)):
            n_bad += n_more
        columns, todo = tuple(bad.columns), audit.todo
    except duckdb.Error as error:
        columns, rows, n_bad = ("problem",), [(" ".join(str(error).split()),)], 1
        todo = _CANNOT_RUN
    failed = Status.note if audit.is_note and todo is audit.todo else Status.failed
    return Finding(
        name=audit.name,
        about=audit.about,
        title=audit.title,
        status=failed if n_bad else Status.ok,
        n_bad=n_bad,
        seconds=time.perf_counter() - started,
        columns=columns,
        rows=tuple(rows),
        todo=todo,
    )
