"""A copy of the DuckDB file, as it is between two transactions."""

import shutil
from pathlib import Path

import duckdb

from facestore.catalog import making
from facestore.catalog.database import Database
from facestore.connections import connect
from facestore.errors import StoreWriteError


def copy_database(database: Database, target: Path) -> None:
    """Copy a DuckDB file; the copy is whole without a WAL.

    Parameters
    ----------
    database
        What is copied; nobody writes to it meanwhile.
    target
        A file that is not there yet.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    StoreWriteError
        If the copy cannot be written.
    """
    database.reader()  # nobody writes while it is open
    try:
        if database.log.exists():
            shutil.copyfile(database.log, making.log_of(target))
        shutil.copyfile(database.path, target)
        # Closing that file has ended this process's lock on it, so the reader ends, too.
        database.close()
        with connect(target) as con:
            con.execute("checkpoint")
    except (OSError, duckdb.Error) as error:
        raise StoreWriteError(target, str(error)) from error
