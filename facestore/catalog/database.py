"""The DuckDB file: opened for writing only as long as a transaction takes.

DuckDB lets either one process write or many read. So nothing here keeps the file open for writing:
`writing()` opens it, runs one transaction and closes it, and a reader such as DBeaver gets in
between. A reading connection is kept, and closed before the next write.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from facestore.catalog import definitions, migrate, views
from facestore.catalog.definitions import MINE, Objects, Problem
from facestore.catalog.prompt_rows import insert_prompt_sets, prompt_set_names
from facestore.catalog.shipped import (
    definitions_of_this_version,
    shipped_migrations,
    shipped_views,
)
from facestore.config import CATALOG_FILE, VECTORS_FOLDER, WAIT_VARIABLE
from facestore.connections import connect, session
from facestore.errors import (
    InputError,
    NotAStoreError,
    StoreAlteredError,
    StoreBusyError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreWriteError,
)
from facestore.locks import SUFFIXES
from facestore.prompts import builtin_prompt_sets

_WAIT_SECONDS = 30.0
_RETRY_SECONDS = 0.05
# After so long the user is told; a transaction of another command takes less.
_SILENT_SECONDS = 1.0
_NOT_WRITABLE = (
    "permission denied", "read-only file system", "no space left", "file too large",
    "could not write", "could not truncate",
)  # fmt: skip


class Database:
    """One DuckDB file with facestore's schema.

    Parameters
    ----------
    path
        The file; its folder is the store.
    notify
        Takes a line for the user where another process has to be waited for.
    """

    def __init__(self, path: Path, notify: Callable[[str], None] = lambda _line: None) -> None:
        self.path = path
        self._notify = notify
        self._reader: duckdb.DuckDBPyConnection | None = None
        self._session: duckdb.DuckDBPyConnection | None = None
        self._writer: duckdb.DuckDBPyConnection | None = None
        self._is_current = False

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()

    def reader(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for reading, which stays open until the next write.

        Within `writing` it is the one that writes, and so sees what was written.

        Raises
        ------
        StoreNotFoundError
            If there is no store.
        StoreOutdatedError
            If migrations or views are pending; reading does not apply them.
        StoreAlteredError
            If tables, views or macros are not those that this version makes.
        """
        if self._writer is not None:
            return self._writer
        if self._reader is None:
            self._reader = self._open_for_reading()
        return self._reader

    def user_session(self) -> duckdb.DuckDBPyConnection:
        """Return a connection for SQL of the user; it ends with the reader."""
        reader = self.reader()
        if reader is self._writer:
            return reader
        if self._session is None:
            self._session = session(reader)
        return self._session

    @contextmanager
    def beside(self, other: Path) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a connection for reading to which one more DuckDB file can be attached."""
        self.reader()
        self.close()
        with self._connect(read_only=True, beside=other) as con:
            yield con

    def is_altered(self) -> bool:
        """Say whether a table, view or macro is not as this version makes it.

        Raises
        ------
        StoreNotFoundError, StoreOutdatedError
            As `reader`.
        """
        try:
            self.reader()
        except StoreAlteredError:
            return True
        return False

    def unchecked(self) -> duckdb.DuckDBPyConnection:
        """Return a new connection for `definitions.read` alone, which runs nothing of the file."""
        return self._connect(read_only=True)

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file for one transaction; make and update the store first where needed.

        Within another `writing` it joins that transaction.

        Raises
        ------
        StoreBusyError
            If another process holds the file for longer than `FACESTORE_WAIT` seconds (30).
        StoreWriteError
            If the disk is full, or the file may only be read.
        """
        if self._writer is not None:
            yield self._writer
            return
        con = self._writer = self._open_for_writing()
        try:
            con.begin()
            try:
                yield con
                con.commit()
            except BaseException:
                with suppress(duckdb.Error):  # of a database that a full disk made invalid
                    con.rollback()
                raise
        except duckdb.Error as error:
            self._tell_unwritable(error)
            raise
        finally:
            self._writer = None
            con.close()

    def update(self, *, rebuild: bool = False) -> list[str]:
        """Make the store or bring it up to date; return the migrations and views applied.

        Parameters
        ----------
        rebuild
            Whether all views and macros are made anew, whatever is there under their names.

        Raises
        ------
        StoreAlteredError
            If tables, views or macros are not those that this version makes.
        """
        con = self._connect_for_writing()
        try:
            con.execute(f"create schema if not exists {MINE}")
            objects = definitions.read(con)
            altered = self._put_aside(con, objects) if rebuild else []
            self._refuse([] if rebuild else definitions.not_readable(objects))
            applied = migrate.migrate(con, shipped_migrations())
            is_new = len(applied) == len(shipped_migrations())  # all of it was made just now
            if not is_new:
                self.refuse_altered(con, only_tables=True)
            installed = views.install_views(con, shipped_views())
            if not is_new and not installed:
                self.refuse_altered(con)
            applied += altered if rebuild else installed
            applied += _install_prompt_sets(con)
        except duckdb.Error as error:
            self._tell_unwritable(error)
            raise
        finally:
            con.close()
        self._is_current = True
        return applied

    def refuse_altered(self, con: duckdb.DuckDBPyConnection, *, only_tables: bool = False) -> None:
        """Raise StoreAlteredError if the file is not as this version makes it.

        Parameters
        ----------
        con
            A connection to it.
        only_tables
            Whether views were made just now: DuckDB prints them otherwise before it writes them.
        """
        objects = definitions.read(con)
        found = objects.hiding + objects.differing(definitions_of_this_version())
        self._refuse([each for each in found if each.kind == "table" or not only_tables])

    def copy_to(self, target: Path) -> None:
        """Copy the file as it is between two transactions; the copy is whole without a WAL.

        Parameters
        ----------
        target
            A file that is not there yet.

        Raises
        ------
        StoreNotFoundError
            If there is no store.
        StoreWriteError
            If the copy cannot be written.
        """
        self.reader()  # nobody writes while it is open
        log = self.path.with_name(f"{self.path.name}.wal")
        try:
            if log.exists():  # of a process that was killed
                shutil.copyfile(log, target.with_name(f"{target.name}.wal"))
            shutil.copyfile(self.path, target)
            # Closing that file has ended this process's lock on it, so the reader ends, too.
            self.close()
            with connect(target) as con:
                con.execute("checkpoint")
        except (OSError, duckdb.IOException, duckdb.FatalException) as error:
            raise StoreWriteError(target, str(error)) from error

    def close(self) -> None:
        """Close the reading connection; relations that came from it end with it."""
        for each in (self._session, self._reader):
            if each is not None:
                each.close()
        self._session = self._reader = None

    def _open_for_reading(self) -> duckdb.DuckDBPyConnection:
        if not self.exists:
            raise StoreNotFoundError(self.path.parent)
        con = self._connect(read_only=True)
        try:
            self._check(con)
        except BaseException:
            con.close()
            raise
        return con

    def _open_for_writing(self) -> duckdb.DuckDBPyConnection:
        if not self._is_current:
            self.update()
        return self._connect_for_writing()

    def _connect_for_writing(self) -> duckdb.DuckDBPyConnection:
        self.close()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreWriteError(self.path.parent, error.strerror or str(error)) from error
        return self._connect(read_only=False)

    def _check(self, con: duckdb.DuckDBPyConnection) -> None:
        """Refuse a database that is not ours, not current, or not as this version makes it."""
        if self._is_current:
            return
        objects = definitions.read(con)
        self._refuse(definitions.not_readable(objects))
        pending = [migration.name for migration in migrate.pending(con, shipped_migrations())]
        if not pending:
            pending = views.outdated(con, shipped_views(), objects.names)
        if pending:
            raise StoreOutdatedError(pending)
        self._refuse(objects.differing(definitions_of_this_version()))
        self._is_current = True

    def _put_aside(self, con: duckdb.DuckDBPyConnection, objects: Objects) -> list[str]:
        """Drop all views and macros of ours, to be made anew; name those that were wrong."""
        shipped = definitions_of_this_version()
        tables = [name for kind, name in shipped if kind == "table"]
        self._refuse(definitions.other_than_tables(objects, tables))
        problems = objects.hiding + objects.differing(shipped)
        con.begin()
        try:
            definitions.clear(con, objects, shipped)
            if ("table", "schema_views") in objects.definitions:
                con.execute("delete from main.schema_views")
            con.commit()
        except BaseException:
            con.rollback()
            raise
        n_made = sum(kind != "table" for kind, _ in shipped)
        return [each.name for each in problems] + [f"{n_made} views and macros made anew"]

    def _refuse(self, problems: Sequence[Problem]) -> None:
        if problems:
            raise StoreAlteredError(self.path.parent, problems)

    def _connect(self, *, read_only: bool, beside: Path | None = None) -> duckdb.DuckDBPyConnection:
        """Connect, waiting a little for other processes to let go of the file."""
        started, is_told, limit = time.monotonic(), False, _wait_seconds()
        while True:
            try:
                return connect(self.path, read_only=read_only, beside=beside)
            except duckdb.ConnectionException as error:
                raise StoreBusyError(self.path, "another connection of this program") from error
            except duckdb.IOException as error:
                holder = _lock_holder(str(error))
                self._tell_unwritable(error)
                if holder is None:
                    found = f"'{self.path.name}' cannot be opened as a DuckDB database"
                    raise NotAStoreError(self.path.parent, found) from error
                waited = time.monotonic() - started
                if waited > limit:
                    raise StoreBusyError(self.path, holder) from error
                if waited > _SILENT_SECONDS and not is_told:
                    is_told = True
                    self._notify(f"Waiting up to {limit:g} s for {holder} to close '{self.path}'.")
                time.sleep(_RETRY_SECONDS)

    def _tell_unwritable(self, error: duckdb.Error) -> None:
        """Raise StoreWriteError if an error is about the disk; DuckDB has several classes of it."""
        text = str(error)
        if any(reason in text.lower() for reason in _NOT_WRITABLE):
            raise StoreWriteError(self.path, text) from error


class TableFamily:
    """A part of a catalogue: some tables, and what is asked of them.

    Parameters
    ----------
    database
        The DuckDB file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def _rows(self, query: str, parameters: object = None) -> list[tuple[Any, ...]]:
        return self._database.reader().execute(query, parameters).fetchall()

    def _frame(self, query: str, parameters: object = None) -> pl.DataFrame:
        return self._database.reader().execute(query, parameters).pl()


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a store; an empty or a new one will do.

    Raises
    ------
    NotAStoreError
        If it is a file, has files and no catalogue among them, or has a link that leads out.
    """
    if folder.is_dir():
        others = sum(1 for each in folder.iterdir() if each.suffix not in SUFFIXES)
        if others and not (folder / CATALOG_FILE).is_file():
            raise NotAStoreError(folder, f"there is no {CATALOG_FILE} among its {others} files")
        _refuse_links(folder)
    elif folder.exists():
        raise NotAStoreError(folder, "it is a file, a folder was expected")


def _refuse_links(folder: Path) -> None:
    """Refuse a store with links that lead out of it: they would be read, or written to.

    The folder itself may be a link.
    """
    inside = folder.resolve()
    for each in (*folder.iterdir(), *(folder / VECTORS_FOLDER).glob("*")):
        if each.is_symlink() and not each.resolve().is_relative_to(inside):
            found = f"'{each.relative_to(folder)}' in it is a link that leads out of it"
            raise NotAStoreError(folder, found)


def _wait_seconds() -> float:
    """Return how long another process is waited for."""
    given = os.environ.get(WAIT_VARIABLE)
    if given is None:
        return _WAIT_SECONDS
    try:
        return max(0.0, float(given))
    except ValueError as error:
        message = f"{WAIT_VARIABLE}={given!r}: a number of seconds was expected."
        raise InputError(message) from error


def _lock_holder(message: str) -> str | None:
    """Say who holds the lock that DuckDB's message tells of; None if it tells of none."""
    if "lock" not in message.lower():
        return None
    found = re.search(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)", message)
    if found is None:
        return "another process"
    return f"process {found['pid']} ({Path(found['program']).name})"


def _install_prompt_sets(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Put the prompt sets that come with facestore into the store, where they are missing."""
    present = prompt_set_names(con)
    missing = [each for each in builtin_prompt_sets() if each.name not in present]
    if missing:
        con.begin()
        insert_prompt_sets(con, missing)
        con.commit()
    return [each.name for each in missing]
