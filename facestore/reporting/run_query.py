"""Run a query of the report."""

from collections.abc import Sequence

import duckdb

from facestore.reporting.queries import Query
from facestore.reporting.tables import Result, Table


def run_query(
    con: duckdb.DuckDBPyConnection, query: Query, classifiers: Sequence[str] = ()
) -> Table:
    """Return what a query of the report gives, of some classifiers if they are named."""
    relation = con.sql(query.sql)
    if classifiers:
        query = query.limited_to(relation.columns, classifiers)
        relation = con.sql(query.sql)
    types = tuple(str(each) for each in relation.types)
    return Table.of(query, Result(tuple(relation.columns), types, tuple(relation.fetchall())))
