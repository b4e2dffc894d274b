"""A store in which every view is a table: planning views of views takes nearly all of the time.

What a test makes wrong has to be seen by all that reads it, so the views between it and what is
asked are put back for that test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import duckdb

from support.invariants import VIEWS

_REPLACED = re.compile(r"create or replace (?:view|macro) (\w+)")


def solidify(con: duckdb.DuckDBPyConnection) -> None:
    """Put a table of its rows behind each view.

    Views come in order of dependency, so that each is computed once.
    """
    for name, view in VIEWS.items():
        if view.parameters is None:
            con.execute(f"create table solid_{name} as from {name}")
            con.execute(f"create or replace view {name} as from solid_{name}")


def dissolve(con: duckdb.DuckDBPyConnection, statements: str, asked: Iterable[str]) -> None:
    """Make views of those again whose rows the statements change and that are asked or read.

    Parameters
    ----------
    con
        Where the statements have been run.
    statements
        SQL that replaces views and macros, or changes tables.
    asked
        Tables, views and macros that a query names.
    """
    replaced = set(_REPLACED.findall(statements))
    changed = set(re.findall(r"\w+", statements))
    read = _with_all_they_read(asked)
    for name, view in VIEWS.items():
        if changed.intersection(view.reads):
            changed.add(name)
            if name in read and name not in replaced:
                con.execute(view.create_sql)


def _with_all_they_read(names: Iterable[str]) -> set[str]:
    found = set(names)
    for name, view in reversed(VIEWS.items()):
        if name in found:
            found.update(view.reads)
    return found
