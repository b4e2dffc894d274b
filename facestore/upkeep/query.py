"""SQL on the store: queries that read, and statements that write in one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from facestore.connections import switch_off
from facestore.errors import QueryError, StoreAlteredError
from facestore.stores import Stores


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
    with _refused():
        session = store.catalog.database.user_session()
        _refuse_unshown(session.extract_statements(query))
        return session.sql(query)


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
    with _refused():
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
    with _refused(), database.writing() as con:
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


@contextmanager
def _refused() -> Iterator[None]:
    """Turn an error of DuckDB into one line."""
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(" ".join(str(error).split())) from error
