"""SQL on the store: queries that read, and statements that write in one transaction."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from facestore.catalog.counts import keep, uncount_datasets
from facestore.catalog.streams import views_of_cosines
from facestore.connections import switch_off
from facestore.errors import QueryError, StoreAlteredError, preview
from facestore.stores import Stores

_NAME = re.compile(r"[a-z_]+")
# What DuckDB says of a column that is not there.
_NO_COLUMN = re.compile(
    r'column "(?P<column>[^"]+)" not found|have a column named "(?P<named>[^"]+)"'
)
# What views call by the name of the thing, and its own table `name`.
_NAMED = {"classifier": "classifiers", "encoder": "encoders"}
# How DuckDB words that a connection is shut (`connections.py`); settings it names cannot be set.
_WALLS = (
    "disabled by configuration",
    "disabled through configuration",
    "configuration has been locked",
    "secrets are disabled",
    "exists in the",
    "switched_off_",
)
_BEYOND = (
    "SQL reaches this store alone here: no other file, address, extension or setting. For those, "
    "open a copy (`facestore snapshot FILE.duckdb`) in DuckDB itself; rows for other programs are "
    "printed with `format=csv` or `format=json`."
)


def sql(store: Stores, query: str) -> duckdb.DuckDBPyRelation:
    """Run a query; read-only.

    Parameters
    ----------
    query
        In the SQL of DuckDB.

    Returns
    -------
    duckdb.DuckDBPyRelation
        `.pl()`, `.df()`, `.arrow()`, `.fetchall()`; it ends with the next verb that writes.

    Raises
    ------
    QueryError
        If DuckDB refuses it, it is empty, or more than one of its statements has rows.
    """
    with _refused(query):
        session = store.catalog.database.user_session()
        _refuse_unshown(session.extract_statements(query))
        found = session.sql(query)
    _tell_unkept(store, query)
    return found


def rows(store: Stores, query: str) -> tuple[list[str], list[tuple[Any, ...]]] | None:
    """Run a query, read-only, and return its columns and rows; None of one that has none.

    Parameters
    ----------
    query
        In the SQL of DuckDB.

    Raises
    ------
    QueryError
        If DuckDB refuses it, or fails on a row.
    """
    relation: duckdb.DuckDBPyRelation | None = sql(store, query)
    if relation is None:  # what DuckDB returns for a statement without rows
        return None
    with _refused(query):
        return relation.columns, relation.fetchall()


def execute(store: Stores, statement: str) -> None:
    """Run statements that write, in one transaction.

    Parameters
    ----------
    statement
        One or several, in the SQL of DuckDB.

    Raises
    ------
    QueryError
        If DuckDB refuses one of them, or they change what facestore makes; nothing is written then.
    """
    database = store.catalog.database
    with _refused(statement), database.writing() as con:
        _refuse_transactions(con, statement)
        switch_off(con)
        con.execute(statement)
        try:
            database.refuse_altered(con)
        except StoreAlteredError as error:
            kind, name, _ = error.problems[0]
            message = (
                f"Nothing was written: the statement changes what facestore makes ({kind} "
                f"{name!r}). Make tables, views and macros of your own in the schema 'mine', as "
                "`create view mine.name as ...`."
            )
            raise QueryError(message) from error
        # Whatever it changed, what follows from it is counted again.
        uncount_datasets(con)
        keep(con)


def _refuse_transactions(con: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Refuse statements that would end our transaction before all is looked at."""
    kinds = {each.type for each in con.extract_statements(statement)}
    if duckdb.StatementType.TRANSACTION in kinds:
        found = "Nothing was written: the statement begins or ends a transaction"
        raise QueryError(found, "All of it is one: leave BEGIN, COMMIT and ROLLBACK out.")


def _refuse_unshown(statements: Sequence[duckdb.Statement]) -> None:
    """Refuse what would show nothing, and a result that the next one would hide."""
    if not statements:
        message = "The SQL is empty: give a query, such as `from classifier_summary`."
        raise QueryError(message)
    rows = duckdb.ExpectedResultType.QUERY_RESULT
    n_results = sum(each.expected_result_type == [rows] for each in statements)
    if n_results > 1:
        message = (
            f"{n_results} queries were given, and the rows of the last one alone would be shown: "
            "give one at a time."
        )
        raise QueryError(message)


def _tell_unkept(store: Stores, query: str) -> None:
    """Say that a view lacks the samples of which no cosine was kept."""
    named = set(_NAME.findall(query.lower())) & views_of_cosines()
    if named and (unkept := store.catalog.streams.unkept()):
        sets = preview([f"{prompt_set} with {encoder}" for encoder, prompt_set in unkept])
        store.notify(
            f"No cosines were kept of {sets}: {preview(sorted(named))} lacks those samples "
            "(`facestore sql 'from cosines_not_kept'`). `facestore settings keep_similarities "
            "always`, and scoring again, keeps them."
        )


@contextmanager
def _refused(query: str) -> Iterator[None]:
    """Turn an error of DuckDB into one line, with what helps where that is known."""
    try:
        yield
    except duckdb.Error as error:
        told = " ".join(str(error).split())
        is_wall = any(words in told for words in _WALLS)
        raise QueryError(told, _BEYOND if is_wall else _called(told, query)) from error


def _called(told: str, query: str) -> str:
    """Return what a missing column is called in a table that the query names; else nothing."""
    found = _NO_COLUMN.search(told)
    table = _NAMED.get((found["column"] or found["named"]).lower()) if found else None
    if table is None or table not in _NAME.findall(query.lower()):
        return ""
    return f"The table {table!r} calls it `name`, the views {table[:-1]!r}."
