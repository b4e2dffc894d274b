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
from facestore.catalog.sqlfiles import SqlFile
from facestore.catalog.views import AUDITS_FOLDER, read_views

_CANNOT_RUN = "a table or view is broken: restore the store from a copy, or import its data again"
_OTHER_TABLES = (
    "another program made these tables anew: restore the store from a copy, or import its data "
    "into a new one"
)
_OTHER_VIEWS = (
    "`facestore migrate` puts them back; a macro that hides a function you have to drop. Figures "
    "that were taken in between may be wrong"
)
# What an audit of all tables is about, as `vectors/` is what those of the other half are about.
_TABLES = "tables"
_COUNTED_AT_ONCE = 10_000

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


def load() -> list[Audit]:
    """Return every audit: of the file as a whole first, then those of `sql/audits/`."""
    sql = resources.folder("sql")
    names = tuple(view.name for view in read_views(sql))
    return [
        Audit(
            "tables_can_be_read",
            (_TABLES,),
            "every value of every table can be read",
            _CANNOT_RUN,
            definitions.unreadable_tables,
        ),
        Audit(
            "tables_are_those_of_this_version",
            (_TABLES,),
            "tables have the columns, keys and checks that this version gives them",
            _OTHER_TABLES,
            definitions.differing_tables,
        ),
        Audit(
            "views_are_those_of_this_version",
            names,
            "views and macros are those that this version installs, whatever else is in the file",
            _OTHER_VIEWS,
            definitions.differing_views,
        ),
        *(
            Audit(each.name, each.about, each.title, each.todo, query_of(each), each.is_note)
            for each in load_audits(sql / AUDITS_FOLDER)
        ),
    ]


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
