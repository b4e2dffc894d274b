"""The schema as shipped: tables, views and macros explained without a store."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from facestore import resources
from facestore.catalog import migrate, views
from facestore.connections import connect
from facestore.errors import UnknownNameError

_COLUMNS = """
select
    columns.table_name,
    columns.column_name,
    lower(columns.data_type),
    columns.is_nullable,
    coalesce(list_contains(keys.names, columns.column_name), false),
    columns.comment
from duckdb_columns() as columns
left join (
    select
        table_oid,
        flatten(list(constraint_column_names)) as names
    from duckdb_constraints()
    where constraint_type = 'PRIMARY KEY'
    group by table_oid
) as keys using (table_oid)
where not columns.internal
order by columns.table_name, columns.column_index
"""


@dataclass(frozen=True)
class Column:
    """A column of a table, or of a view, where only name and type are known."""

    name: str
    type: str
    is_nullable: bool
    is_key: bool
    comment: str | None

    @property
    def rule(self) -> str:
        """What its values must be: `key`, `not null` or nothing."""
        if self.is_key:
            return "key"
        return "" if self.is_nullable else "not null"


@dataclass(frozen=True)
class Table:
    """A table of the catalogue."""

    name: str
    comment: str | None
    columns: tuple[Column, ...]


def empty_catalogue() -> duckdb.DuckDBPyConnection:
    """Connect to a database in memory with all tables and views, and no rows."""
    con = connect()
    migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
    views.install_views(con, views.load_views(resources.folder("sql")))
    return con


def tables(con: duckdb.DuckDBPyConnection) -> list[Table]:
    """Return the tables of a catalogue in the order in which the migrations made them."""
    columns = columns_by_relation(con)
    rows = con.execute(
        "select table_name, comment from duckdb_tables() where not internal order by table_oid"
    ).fetchall()
    return [Table(name, comment, tuple(columns[name])) for name, comment in rows]


def columns_by_relation(con: duckdb.DuckDBPyConnection) -> dict[str, list[Column]]:
    """Return the columns of every table and view of a catalogue."""
    found: dict[str, list[Column]] = {}
    for name, *column in con.execute(_COLUMNS).fetchall():
        found.setdefault(name, []).append(Column(*column))
    return found


def explain(name: str) -> str:
    """Return what a view or macro is: its file of `sql/`; of a table: its comments and columns.

    Parameters
    ----------
    name
        As in SQL; a macro with or without its parameters.

    Raises
    ------
    UnknownNameError
        If nothing of the schema has the name.
    """
    wanted = name.partition("(")[0].strip().lower()
    files = {path.stem: path for path in sorted(resources.folder("sql").glob("*/*.sql"))}
    if wanted in files:
        return _shipped(files[wanted])
    with empty_catalogue() as con:
        found = {table.name: table for table in tables(con)}
    if wanted not in found:
        raise UnknownNameError("table, view, macro or audit", name, sorted([*files, *found]))
    return _described(found[wanted])


def _shipped(path: Path) -> str:
    return path.read_text(encoding="utf-8").rstrip()


def _described(table: Table) -> str:
    rows = [(column.name, column.type, column.rule) for column in table.columns]
    widths = [max(len(row[position]) for row in rows) for position in range(3)]
    lines = [f"-- table {table.name}: {table.comment}"]
    for column, row in zip(table.columns, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join([*cells, column.comment or ""]).rstrip())
    return "\n".join(lines)
