"""The DuckDB file written anew: pages that are free, and what rows left in others, are gone.

DuckDB keeps deleted rows in their blocks, and blocks that are free as they were. So all that is in
the file is copied into a new one, which takes its name when it is whole and on the disk.
"""

import os
import shutil

import duckdb

from facestore.catalog import definitions
from facestore.catalog.database import Database
from facestore.catalog.opening import tell_refused
from facestore.catalog.shipped import definitions_of_this_version
from facestore.connections import connect, quoted, quoted_name
from facestore.errors import StoreAlteredError, StoreBusyError, StoreWriteError, counted
from facestore.files import put_in_place
from facestore.leftovers import part_of, remove, sweep

_OLD = "outgoing"
_TABLES = (
    "select schema_name, table_name from duckdb_tables() "
    "where database_name = ? and not temporary order by all"
)


def rewrite(database: Database) -> int:
    """Write the file of a catalogue anew; return how many bytes smaller it is.

    Nobody can write to the old one in the meantime; who reads it goes on with it, to the end.

    Raises
    ------
    StoreBusyError
        If another process writes to it for longer than `FACESTORE_WAIT` seconds (30).
    StoreWriteError
        If the disk is full. The old file stays.
    """
    with database.writing():  # what a killed process left in the log comes into the file
        pass
    path = database.path.resolve()  # a link to another disk stays one
    n_before = path.stat().st_size
    sweep(path)
    folder = part_of(path)
    try:
        folder.mkdir()
        # Called as it will be: DuckDB names a database after its file.
        new = folder / path.name
        with connect(new, beside=path) as con:
            # It holds the lock of readers on the old file until the new one has its name.
            con.execute(f"attach {quoted(str(path))} as {_OLD} (read_only)")
            # An open result would be a transaction, in which DuckDB copies in another way.
            ((name,),) = con.execute("select current_database()").fetchall()
            con.execute(f"copy from database {_OLD} to {quoted_name(name)}")
            con.execute("checkpoint")
            _check(database, con, name)
            if os.name != "nt":  # Windows renames no file that is open
                shutil.copymode(path, new)
                put_in_place(new, path)
        if os.name == "nt":
            put_in_place(new, path)
    except OSError as error:
        raise StoreWriteError(path, error.strerror or str(error)) from error
    except duckdb.Error as error:
        tell_refused(path, error)
        if "lock" in str(error).lower():
            raise StoreBusyError(path, "another process") from error
        raise
    finally:
        remove(folder)
    return n_before - path.stat().st_size


def _check(database: Database, con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Refuse a copy that has not all rows, or not all that this version makes."""
    tables = con.execute(_TABLES, [_OLD]).fetchall()
    places = (_OLD, quoted_name(name))
    # One query takes a third of the time that one a table and a file takes.
    query = " union all ".join(
        f"select {i}, count(*) from {place}.{quoted_name(schema)}.{quoted_name(table)}"  # noqa: S608
        for i, (schema, table, place) in enumerate(
            (*of, place) for of in tables for place in places
        )
    )
    counts: dict[int, int] = dict(con.execute(query).fetchall()) if tables else {}
    for i, (_, table) in enumerate(tables):
        n_before, n_after = counts[2 * i], counts[2 * i + 1]
        if n_before != n_after:
            reason = f"table {table!r} has {counted(n_after, 'row')} in the copy, not {n_before:,}"
            raise StoreWriteError(database.path, reason)
    # From the file: DuckDB prints views otherwise before it has written them.
    problems = definitions.read(con).differing(definitions_of_this_version())
    missing = [each for each in problems if each.problem == "it is missing"]
    if missing:
        raise StoreAlteredError(database.path.parent, missing)
