"""An empty catalogue: all tables, views and prompt sets of this version, and no sample.

DuckDB binds every view when it is created, and with it all views that it reads: half a second in
all. So a process that makes many stores, as a study of simulated ones does, makes the first and
writes the others like it.
"""

from pathlib import Path
from typing import NamedTuple

import duckdb

from facestore.catalog import migrate, views
from facestore.catalog.definitions import MINE
from facestore.catalog.prompt_rows import insert_prompt_sets, prompt_set_names
from facestore.catalog.shipped import shipped_migrations, shipped_views
from facestore.connections import connect, transaction
from facestore.prompts import builtin_prompt_sets


class _Empty(NamedTuple):
    """What was made first: the file, and the names of what is in it."""

    content: bytes
    names: tuple[str, ...]


_first: list[_Empty] = []


def write_empty(file: Path) -> tuple[str, ...]:
    """Write an empty catalogue; return the names of migrations, views and prompt sets.

    Parameters
    ----------
    file
        A new file, called as it will be: DuckDB names a database after its file.

    Raises
    ------
    OSError
        If it cannot be written.
    duckdb.Error
        If DuckDB cannot write it.
    """
    if not _first:
        names = _make(file)
        _first.append(_Empty(file.read_bytes(), names))
        return names
    file.write_bytes(_first[0].content)
    with connect(file) as con:
        con.execute("update schema_migrations set applied_at = make_timestamp(epoch_us(now()))")
        con.execute("checkpoint")
    return _first[0].names


def _make(file: Path) -> tuple[str, ...]:
    with connect(file) as con:
        con.execute(f"create schema if not exists {MINE}")
        names = migrate.migrate(con, shipped_migrations())
        names += views.install_views(con, shipped_views())
        names += install_prompt_sets(con)
        con.execute("checkpoint")  # closing does it, too, and says nothing when it fails
    return tuple(names)


def install_prompt_sets(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Put the prompt sets that come with facestore into a catalogue, where they are missing."""
    present = prompt_set_names(con)
    missing = [each for each in builtin_prompt_sets() if each.name not in present]
    if missing:
        with transaction(con):
            insert_prompt_sets(con, missing)
    return [each.name for each in missing]
