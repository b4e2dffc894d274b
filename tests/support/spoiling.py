"""Statements that make a good store bad."""

from __future__ import annotations

NAN = "'nan'::double"


def replaced(view: str, select: str = "select * exclude (nth)", where: str = "true") -> str:
    """Return statements after which a view is a query of what it was, its rows numbered `nth`."""
    kept = f"kept_rows_of_{view}"
    return (
        f"create table {kept} as select *, row_number() over () as nth from (from {view} order by all); "
        f"create or replace view {view} as {select} from {kept} where {where}"
    )


def spoiled(view: str, column: str, value: str, row: str = "nth = 1") -> str:
    """Return statements after which a view has a wrong value in one row."""
    select = f"select * exclude (nth) replace (if({row}, {value}, {column}) as {column})"
    return replaced(view, select)


def without_first(view: str) -> str:
    return replaced(view, where="nth > 1")
