"""A store that is there, brought up to date; one that another program changed is refused.

Reading what is defined takes longer than all else here, and every command that writes does it. So
it is read once where nothing is pending, and again only after something was changed.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from facestore.catalog import definitions, making, migrate, views
from facestore.catalog.definitions import MINE, Objects, Problem
from facestore.catalog.empty import install_prompt_sets
from facestore.catalog.shipped import (
    definitions_of_this_version,
    shipped_migrations,
    shipped_views,
)
from facestore.connections import transaction
from facestore.errors import StoreAlteredError


def bring_up_to_date(
    con: duckdb.DuckDBPyConnection, file: Path, *, rebuild: bool = False
) -> list[str]:
    """Apply what is pending; return the names of migrations, views and prompt sets applied.

    Parameters
    ----------
    con
        A connection for writing, outside a transaction.
    file
        The DuckDB file.
    rebuild
        Whether all views and macros are made anew, whatever is there under their names.

    Raises
    ------
    NotAStoreError
        If it is another program's database.
    StoreAlteredError
        If tables, views or macros are not those that this version makes.
    """
    objects = definitions.read(con)
    refuse([] if rebuild else definitions.not_readable(objects), file)
    making.refuse_stranger({name for _, name in objects.definitions}, file)
    con.execute(f"create schema if not exists {MINE}")
    put_back = _put_aside(con, objects, file) if rebuild else []
    applied = migrate.migrate(con, shipped_migrations())
    is_new = len(applied) == len(shipped_migrations())  # all of it was made just now
    if rebuild or applied:
        objects = definitions.read(con)
    problems = [] if is_new else altered(objects)
    refuse([each for each in problems if each.kind == "table"], file)
    installed: list[str] = []
    if views.outdated(con, shipped_views(), objects.names):
        # DuckDB prints them otherwise before it has written them: they are not compared.
        installed = views.install_views(con, shipped_views())
    else:
        refuse(problems, file)
    applied += put_back if rebuild else installed
    return applied + install_prompt_sets(con)


def altered(objects: Objects) -> list[Problem]:
    """Return what is not as this version makes it, or is in the way of it."""
    return objects.hiding + objects.differing(definitions_of_this_version())


def refuse(problems: Sequence[Problem], file: Path) -> None:
    """Raise StoreAlteredError if there is a problem with a DuckDB file."""
    if problems:
        raise StoreAlteredError(file.parent, problems)


def _put_aside(con: duckdb.DuckDBPyConnection, objects: Objects, file: Path) -> list[str]:
    """Drop all views and macros of ours, to be made anew; name those that were wrong."""
    shipped = definitions_of_this_version()
    tables = [name for kind, name in shipped if kind == "table"]
    refuse(definitions.other_than_tables(objects, tables), file)
    with transaction(con):
        definitions.clear(con, objects, shipped)
        if ("table", "schema_views") in objects.definitions:
            con.execute("delete from main.schema_views")
    n_made = sum(kind != "table" for kind, _ in shipped)
    return [each.name for each in altered(objects)] + [f"{n_made} views and macros made anew"]
