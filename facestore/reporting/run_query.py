"""Run a query of the report."""

from collections.abc import Sequence
from dataclasses import replace

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
    table = Table.of(query, Result(tuple(relation.columns), types, tuple(relation.fetchall())))
    if not (query.finding and table.rows):
        return table
    return replace(table, findings=_sentences(con.sql(query.finding), classifiers))


def _sentences(found: duckdb.DuckDBPyRelation, classifiers: Sequence[str]) -> tuple[str, ...]:
    """Return what is said of the rows: of the classifiers that are wanted, where one is named."""
    if classifiers and "classifier" in found.columns:
        found = found.filter(
            duckdb.ColumnExpression("classifier").isin(*map(duckdb.ConstantExpression, classifiers))
        )
    rows = found.project("sentence").fetchall()
    return tuple(sentence for (sentence,) in rows if sentence)
