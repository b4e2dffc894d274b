"""Audits run on the DuckDB file: its definitions, that it can be read, and `sql/audits/*.sql`.

They are of what damage, another program or an older version can do to a store. That the views are
right where their definitions and the tables are is proved by tests, and not by each user's store.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from facestore import resources
from facestore.catalog import definitions
from facestore.catalog.audit_files import Finding, Status, load_audits
from facestore.catalog.database import TableFamily
from facestore.catalog.definitions import Problem
from facestore.catalog.shipped import definitions_of_this_version, shipped_views
from facestore.catalog.sqlfiles import SqlFile
from facestore.catalog.views import AUDITS_FOLDER
from facestore.connections import connect

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

Rows = Callable[[duckdb.DuckDBPyConnection], duckdb.DuckDBPyRelation]


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
            for audit in of_definitions():
                yield _run(con, audit, n_examples)


def of_definitions() -> list[Audit]:
    """Return the audits of what is defined in the file; they run nothing that is in it."""
    return [
        Audit(
            "tables_are_those_of_this_version",
            (_TABLES,),
            "tables have the columns, keys and checks that this version gives them",
            _OTHER_TABLES,
            lambda con: _relation(_PROBLEM, _problems(con, of_tables=True)),
        ),
        Audit(
            "views_are_those_of_this_version",
            tuple(view.name for view in shipped_views()),
            "views and macros are those that this version installs, and nothing hides them",
            _OTHER_VIEWS,
            lambda con: _relation(_PROBLEM, _problems(con, of_tables=False)),
        ),
    ]


def load() -> list[Audit]:
    """Return every audit: of the file as a whole first, then those of `sql/audits/`."""
    return [
        Audit(
            "tables_can_be_read",
            (_TABLES,),
            "every value of every table can be read",
            _CANNOT_RUN,
            lambda con: _relation(("table", "problem"), definitions.unreadable_tables(con)),
        ),
        *of_definitions(),
        Audit(
            "others_keep_to_their_schema",
            (_TABLES,),
            "tables, views and macros that facestore did not make are in the schema mine",
            _FOREIGN,
            _foreign,
            is_note=True,
        ),
        *(
            Audit(each.name, each.about, each.title, each.todo, query_of(each), each.is_note)
            for each in load_audits(resources.folder("sql") / AUDITS_FOLDER)
        ),
    ]


def _problems(con: duckdb.DuckDBPyConnection, *, of_tables: bool) -> list[Problem]:
    objects = definitions.read(con)
    found = objects.hiding + objects.differing(definitions_of_this_version())
    return [each for each in found if (each.kind == "table") is of_tables]


def _foreign(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    found = definitions.read(con).foreign(definitions_of_this_version())
    return _relation(("kind", "schema", "name"), found)


def _relation(columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> duckdb.DuckDBPyRelation:
    """Return rows of texts as what a query would give, from a database without anything in it."""
    listed = ", ".join(
        f'unnest(${number}::varchar[]) as "{column}"' for number, column in enumerate(columns, 1)
    )
    values = [[row[i] for row in rows] for i in range(len(columns))]
    return connect().sql(f"select {listed}", params=values)


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
