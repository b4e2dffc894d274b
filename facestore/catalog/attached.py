"""A second catalogue beside that of the store: attached to the same connection, to be compared."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

import duckdb

from facestore.catalog.counts import has_uncounted
from facestore.catalog.database import Database
from facestore.catalog.shipped import shipped_migrations
from facestore.config import CATALOG_FILE
from facestore.connections import quoted
from facestore.errors import (
    InputError,
    MigrationError,
    NotAStoreError,
    OtherStoreError,
    StoreAlteredError,
    StoreOutdatedError,
    StoreTooNewError,
)

# The name under which queries find it.
OTHER = "other"
# In the ninth byte of every DuckDB file and those after it.
_MARK = b"DUCK"


@contextmanager
def attached(
    database: Database, given: Path, notify: Callable[[str], None] = lambda _line: None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that reads a store, and another one as `other`.

    Parameters
    ----------
    database
        The store.
    given
        The other: the folder of a store, or a DuckDB file such as a snapshot. It is only read.
    notify
        Takes a line for the user where another process has to be waited for.

    Yields
    ------
    duckdb.DuckDBPyConnection
        Its views are those of the store; `other.judged_predictions` are those of the other, which
        read the tables of the other.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    StoreBusyError
        If another process holds the file of the other one.
    InputError
        If the other one is the store itself, or not everything in the store is counted.
    OtherStoreError
        If it is no catalogue of facestore, one of another version, or not everything in it is
        counted.
    """
    # A macro reads the tables of the database in use, so views of the other could not count.
    if has_uncounted(database.reader()):
        todo = f"Run `facestore migrate store={quote(str(database.path.parent))}` once."
        message = f"Not everything in '{database.path.parent}' is counted. {todo}"
        raise InputError(message)
    file = _file_of(given)
    if file.samefile(database.path):
        message = (
            f"'{given}' is the store itself, and nothing changed between the two: give another "
            "store, or an earlier file of `facestore snapshot`."
        )
        raise InputError(message)
    _check(file, given, notify)
    resolved = file.resolve()
    # a connection of its own: it alone may open the other file
    with database.beside(resolved) as con:
        con.execute(f"attach {quoted(str(resolved))} as {OTHER} (read_only)")
        try:
            yield con
        finally:
            con.execute(f"detach {OTHER}")


def _file_of(given: Path) -> Path:
    if given.is_dir():
        file = given / CATALOG_FILE
        if not file.is_file():
            raise OtherStoreError(given, f"there is no {CATALOG_FILE} in the folder")
        return file
    if not given.is_file():
        raise OtherStoreError(given, "there is no such file or folder")
    return given


def _check(file: Path, given: Path, notify: Callable[[str], None]) -> None:
    """Refuse what is no catalogue, or one whose tables or views are not those of this version."""
    known = len(shipped_migrations())
    with file.open("rb") as content:
        # Of a table or of another database DuckDB would make something that can be opened.
        if content.read(12)[8:] != _MARK:
            raise OtherStoreError(given, "it cannot be opened as a DuckDB database")
    other = Database(file, notify, is_ours=False)
    try:
        other.reader()
        if other.is_half_written:
            todo = f"Run `facestore doctor store={quote(str(file.parent))}` once, which mends it."
            raise OtherStoreError(given, "a command that wrote to it was cut off", todo)
        if has_uncounted(other.reader()):
            found = "not everything in it is counted"
            raise OtherStoreError(given, found, _how_to_migrate(given))
    except NotAStoreError as error:
        if isinstance(error.__cause__, duckdb.Error):
            raise OtherStoreError(given, "it cannot be opened as a DuckDB database") from error
        found = "it is a DuckDB file without the tables of facestore"
        raise OtherStoreError(given, found, "Give a store or a snapshot.") from error
    except MigrationError as error:
        raise OtherStoreError(given, "its record of migrations was changed") from error
    except StoreTooNewError as error:
        versions = f"it has schema version {error.found}, this facestore knows {known}"
        todo = "Upgrade with `pip install -U facestore`, or give an older snapshot."
        raise OtherStoreError(given, versions, todo) from error
    except StoreOutdatedError as error:
        raise OtherStoreError(given, *_outdated(given, error, known)) from error
    except StoreAlteredError as error:
        raise OtherStoreError(given, error.found, error.todo) from error
    finally:
        other.close()


def _outdated(given: Path, error: StoreOutdatedError, known: int) -> tuple[str, str]:
    """Say how old it is, and what to do."""
    migrations = shipped_migrations()
    n_pending = len({each.name for each in migrations} & set(error.pending))
    if n_pending == known:
        return "it is a DuckDB file without the tables of facestore", "Give a store or a snapshot."
    found = (
        f"it has schema version {known - n_pending}, this store {known}"
        if n_pending
        else "its views are those of another version of facestore"
    )
    return found, _how_to_migrate(given)


def _how_to_migrate(given: Path) -> str:
    if given.is_dir():
        return f"Run `facestore migrate store={quote(str(given))}` once."
    return (
        f"Make a store of a copy: put it into a new folder as {CATALOG_FILE}, run "
        "`facestore migrate store=FOLDER`, and give that folder."
    )
