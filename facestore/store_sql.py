"""The verbs of a store that speak SQL."""

from __future__ import annotations

from typing import Any

import duckdb

from facestore.errors import QueryError
from facestore.stores import Stores


class SqlVerbs:
    """Queries that read, and statements that write in one transaction."""

    _stores: Stores

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Run a query; read-only.

        Returns
        -------
        duckdb.DuckDBPyRelation
            `.pl()`, `.df()`, `.arrow()`, `.fetchall()`; it ends with the next verb that writes.

        Raises
        ------
        QueryError
            If DuckDB refuses it.
        """
        try:
            return self._stores.catalog.database.reader().sql(query)
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error

    def rows(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]] | None:
        """Run a query, read-only, and return its columns and rows; None of one that has none.

        Raises
        ------
        QueryError
            If DuckDB refuses it, or fails on a row.
        """
        relation: duckdb.DuckDBPyRelation | None = self.sql(query)
        if relation is None:  # what DuckDB returns for a statement without rows
            return None
        try:
            return relation.columns, relation.fetchall()
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error

    def execute(self, statement: str) -> None:
        """Run statements that write, in one transaction.

        Raises
        ------
        QueryError
            If DuckDB refuses one of them; nothing is written then.
        """
        try:
            with self._stores.catalog.database.writing() as con:
                con.execute(statement)
        except duckdb.Error as error:
            raise QueryError(_one_line(error)) from error


def _one_line(error: duckdb.Error) -> str:
    return " ".join(str(error).split())
