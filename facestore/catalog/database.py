"""The DuckDB file: opened for writing only as long as a transaction takes.

DuckDB lets either one process write or many read. So nothing here keeps the file open for writing:
`writing()` opens it, runs one transaction and closes it, and a reader such as DBeaver gets in
between. A reading connection is kept, and closed before the next write.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from facestore import resources
from facestore.catalog import definitions, migrate, views
from facestore.catalog.prompt_rows import insert_prompt_sets, prompt_set_names
from facestore.config import CATALOG_FILE
from facestore.errors import (
    NotAStoreError,
    StoreBusyError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreWriteError,
)
from facestore.locks import SUFFIXES, wait_seconds
from facestore.prompts import builtin_prompt_sets

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
        """
        if self._writer is not None:
            return self._writer
        if self._reader is None:
            if not self.exists:
                raise StoreNotFoundError(self.path.parent)
            con = self._connect(read_only=True)
            try:
                self._check(con)
            except BaseException:
                con.close()
                raise
            self._reader = con
        return self._reader

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

    def update(self, *, compare: bool = False) -> list[str]:
        """Make the store or bring it up to date; return the migrations and views applied.

        Parameters
        ----------
        compare
            Whether to look for views that another program has replaced, which takes its time.
        """
        con = self._connect_for_writing()
        try:
            applied = migrate.migrate(con, _migrations())
            shipped = views.read_views(resources.folder("sql"))
            installed = views.install_views(con, shipped)
            if compare and not installed:
                installed = views.install_views(con, shipped, definitions.replaced_views(con))
            applied += installed
            applied += _install_prompt_sets(con)
        except duckdb.Error as error:
            self._tell_unwritable(error)
            raise
        finally:
            con.close()
        self._is_current = True
        return applied

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
            with duckdb.connect(str(target)) as con:
                con.execute("checkpoint")
        except (OSError, duckdb.IOException, duckdb.FatalException) as error:
            raise StoreWriteError(target, str(error)) from error

    def close(self) -> None:
        """Close the reading connection; relations that came from it end with it."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

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
        """Refuse a database that is not ours or not current."""
        if self._is_current:
            return
        pending = [migration.name for migration in migrate.pending(con, _migrations())]
        if not pending:
            pending = views.outdated(con, views.read_views(resources.folder("sql")))
        if pending:
            raise StoreOutdatedError(pending)
        self._is_current = True

    def _connect(self, *, read_only: bool) -> duckdb.DuckDBPyConnection:
        """Connect, waiting a little for other processes to let go of the file."""
        started, is_told, limit = time.monotonic(), False, wait_seconds()
        while True:
            try:
                con = duckdb.connect(str(self.path), read_only=read_only)
                # DuckDB's own bar would come between the lines of a table.
                con.execute("set enable_progress_bar = false")
                return con
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
        If it is a file, or has files and no catalogue among them.
    """
    if folder.is_dir():
        others = sum(1 for each in folder.iterdir() if each.suffix not in SUFFIXES)
        if others and not (folder / CATALOG_FILE).is_file():
            raise NotAStoreError(folder, f"there is no {CATALOG_FILE} among its {others} files")
    elif folder.exists():
        raise NotAStoreError(folder, "it is a file, a folder was expected")


def _migrations() -> list[migrate.Migration]:
    return migrate.load_migrations(resources.folder("migrations"))


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
