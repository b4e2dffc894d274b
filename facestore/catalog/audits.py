"""Audits run on the DuckDB file: the queries of `sql/audits/`, and that every grain is unique.

They read through a connection of their own, in which each summary (a view with no row a sample) is
computed once: a temporary table of the same name stands in front of the view. Views come in order
of dependency, so that a summary of summaries is made from them. Audits of tables run before those
of views, which a bad table makes wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from facestore import resources
from facestore.catalog.audit_files import Finding, Status, load_audits
from facestore.catalog.database import Database
from facestore.catalog.views import ViewFile, load_views

_WRONG_VIEW = (
    "put right first what audits of tables found; if it stays, a view is wrong: report it with "
    "these rows"
)
_CANNOT_RUN = "a table or view is broken: restore the store from a copy, or import its data again"
_COUNTED_AT_ONCE = 10_000

Rows = Callable[[duckdb.DuckDBPyConnection], duckdb.DuckDBPyRelation]


@dataclass(frozen=True)
class Audit:
    """A query of bad rows, from a file or from the grain of a view.

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
    summary
        A view that is worth keeping for the audits after this one.
    """

    name: str
    about: tuple[str, ...]
    title: str
    todo: str
    bad_rows: Rows
    is_note: bool = False
    summary: str | None = None


class Audits:
    """What must hold of the tables and views."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, audits: Sequence[Audit], n_examples: int) -> Iterator[Finding]:
        """Run audits in the order given; each summary is computed once."""
        with self._database.reader().cursor() as con:
            for audit in audits:
                yield _run(con, audit, n_examples, keep=len(audits) > 1)


def load() -> list[Audit]:
    """Return every audit: of tables first, then of the grains of views, then of their figures."""
    views = load_views(resources.folder("sql"))
    of_tables, of_views = _by_what_they_read(views)
    grains = [_of_grain(view) for view in views if view.parameters is None]
    return of_tables + grains + of_views


def load_of_tables() -> list[Audit]:
    """Return the audits that read no view, and so take little time."""
    return _by_what_they_read(load_views(resources.folder("sql")))[0]


def _by_what_they_read(views: Sequence[ViewFile]) -> tuple[list[Audit], list[Audit]]:
    """Return the audits of files: those that read tables alone, and those that read views."""
    names = {view.name for view in views}
    of_tables: list[Audit] = []
    of_views: list[Audit] = []
    for each in load_audits(resources.folder("sql")):
        audit = Audit(each.name, each.about, each.title, each.todo, _query(each.body), each.is_note)
        (of_views if names.intersection(each.reads) else of_tables).append(audit)
    return of_tables, of_views


def _of_grain(view: ViewFile) -> Audit:
    def repeated(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        source = con.table(view.name)
        keys = [ColumnExpression(each) for each in view.key_columns(source.columns)]
        counted = source.aggregate([*keys, FunctionExpression("count").alias("n_rows")])
        return counted.filter(ColumnExpression("n_rows") > ConstantExpression(1))

    title = f"one row for each {', '.join(view.grain)}"
    return Audit(
        f"{view.name}_grain",
        (view.name,),
        title,
        _WRONG_VIEW,
        repeated,
        summary=None if "sample" in view.grain else view.name,
    )


def _query(body: str) -> Rows:
    return lambda con: con.sql(body)


def _run(con: duckdb.DuckDBPyConnection, audit: Audit, n_examples: int, *, keep: bool) -> Finding:
    started = time.perf_counter()
    try:
        if keep and audit.summary:
            con.execute(f'create temp table "{audit.summary}" as from main."{audit.summary}"')
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
