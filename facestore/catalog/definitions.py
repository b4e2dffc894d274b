"""Whether the tables, views and macros of a store are defined as this version defines them.

The record of what was installed (`schema_views`) says nothing of a view that another program has
replaced since. How DuckDB prints a definition depends on whether it was read from a file, so those
to compare with are written into a file of their own and read back.
"""

import re
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from facestore import resources
from facestore.catalog import migrate, views

_EXCLUDED = re.compile(r"(?<=EXCLUDE \()[^()]+")

Definitions = dict[tuple[str, str], str]

_DEFINITIONS = """
select 'table' as kind, table_name as name, sql as definition
from duckdb_tables()
where not internal and database_name = current_database() and schema_name = 'main'
union all
select 'view', view_name, sql
from duckdb_views()
where not internal and database_name = current_database() and schema_name = 'main'
union all
-- a macro may have several definitions, by its parameters
select
    'macro',
    function_name,
    list_sort(list(concat(function_type, parameters::varchar, macro_definition)))::varchar
from duckdb_functions()
where
    not internal and database_name = current_database() and schema_name = 'main'
    and function_type in ('macro', 'table_macro')
group by function_name
order by all
"""
_HIDING = """
select distinct function_name
from duckdb_functions()
where
    not internal and database_name = current_database() and schema_name = 'main'
    and function_name in (select function_name from duckdb_functions() where internal)
order by all
"""


def differing_tables(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Return the tables that are missing or have other columns, keys or checks."""
    return _relation(con, ("kind", "name", "problem"), _differing(con, {"table"}))


def differing_views(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Return the views and macros that are missing or not ours, and macros in the way of ours."""
    hiding = [
        ("macro", name, "it hides a function of DuckDB from the views")
        for (name,) in con.execute(_HIDING).fetchall()
    ]
    rows = _differing(con, {"view", "macro"}) + hiding
    return _relation(con, ("kind", "name", "problem"), rows)


def unreadable_tables(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Read every value of every table; return the tables of which some cannot be read."""
    problems = []
    for kind, name in _definitions(con):
        if kind != "table":
            continue
        try:
            con.table(f'main."{name}"').aggregate("bit_xor(hash(columns(*)))").fetchall()
        except duckdb.Error as error:
            problems.append((name, " ".join(str(error).split())))
    return _relation(con, ("table", "problem"), problems)


def replaced_views(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of our views and macros that are missing or are not ours."""
    return [name for _, name, _ in _differing(con, {"view", "macro"})]


def _differing(con: duckdb.DuckDBPyConnection, kinds: set[str]) -> list[tuple[str, str, str]]:
    found = _definitions(con)
    return [
        (kind, name, "it is another one" if (kind, name) in found else "it is missing")
        for (kind, name), definition in _shipped().items()
        if kind in kinds and found.get((kind, name)) != definition
    ]


def _definitions(con: duckdb.DuckDBPyConnection) -> Definitions:
    rows = con.execute(_DEFINITIONS).fetchall()
    return {(kind, name): _in_one_order(definition) for kind, name, definition in rows}


def _in_one_order(definition: str) -> str:
    """Sort the columns that a `*` leaves out: DuckDB turns them round each time it writes them."""
    return _EXCLUDED.sub(lambda found: ", ".join(sorted(found[0].split(", "))), definition)


@cache
def _shipped() -> Definitions:
    """Return the definitions of all that this version installs."""
    with tempfile.TemporaryDirectory(prefix="facestore-") as folder:
        file = Path(folder) / "shipped.duckdb"
        with duckdb.connect(file) as con:
            migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
            views.install_views(con, views.read_views(resources.folder("sql")))
        with duckdb.connect(file, read_only=True) as con:
            return _definitions(con)


def _relation(
    con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> duckdb.DuckDBPyRelation:
    """Return rows of texts as what a query would give."""
    listed = ", ".join(
        f'unnest(${number}::varchar[]) as "{column}"' for number, column in enumerate(columns, 1)
    )
    return con.sql(
        f"select {listed}", params=[[row[i] for row in rows] for i in range(len(columns))]
    )
