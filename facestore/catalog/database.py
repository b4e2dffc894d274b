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
from facestore.catalog import definitions, making, migrate, views
from facestore.catalog.prompt_rows import insert_prompt_sets, prompt_set_names
from facestore.catalog.undo import Undo
from facestore.errors import (
    NoLocksError,
    NotAStoreError,
    StoreBusyError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreReadError,
    StoreWriteError,
    SystemFaultError,
)
from facestore.faults import NO_LOCKS, NO_MEMORY, system_reason
from facestore.files import make_folder, sync_one
from facestore.leftovers import sweep
from facestore.locks import wait_seconds
from facestore.prompts import builtin_prompt_sets

_RETRY_SECONDS = 0.05
# After so long the user is told; a transaction of another command takes less.
_SILENT_SECONDS = 1.0


class Database:
    """One DuckDB file with facestore's schema.

    Parameters
    ----------
    path
        The file; its folder is the store.
    notify
        Takes a line for the user where another process has to be waited for.
    before_commit
        Is called before each commit: has the disk take what the rows rely on.
    """

    def __init__(
        self,
        path: Path,
        notify: Callable[[str], None] = lambda _line: None,
        before_commit: Callable[[], object] = lambda: None,
    ) -> None:
        self.path = path
        self._notify = notify
        self._before_commit = before_commit
        self._undo = Undo(path)
        self._reader: duckdb.DuckDBPyConnection | None = None
        self._writer: duckdb.DuckDBPyConnection | None = None
        self._is_current = False

    @property
    def log(self) -> Path:
        """What DuckDB has not yet written into the file; a process that was killed leaves it."""
        return making.log_of(self.path)

    @property
    def exists(self) -> bool:
        """Whether the file is there, and is more than what a broken making left."""
        return making.is_made(self.path)

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
                self._before_commit()
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
            self._close(con)

    def update(self, *, compare: bool = False) -> list[str]:
        """Make the store or bring it up to date; return the migrations and views applied.

        Parameters
        ----------
        compare
            Whether to look for views that another program has replaced, which takes its time.
        """
        applied = self._make_new()
        if applied:
            return applied
        con = self._connect_for_writing()
        try:
            making.refuse_stranger(con, self.path)
            applied = _bring_up_to_date(con, compare=compare)
        except duckdb.Error as error:
            self._tell_unwritable(error)
            raise
        finally:
            self._close(con)
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
        try:
            if self.log.exists():
                shutil.copyfile(self.log, making.log_of(target))
            shutil.copyfile(self.path, target)
            # Closing that file has ended this process's lock on it, so the reader ends, too.
            self.close()
            with duckdb.connect(str(target)) as con:
                con.execute("checkpoint")
        except (OSError, duckdb.Error) as error:
            raise StoreWriteError(target, str(error)) from error

    def close(self) -> None:
        """Close the reading connection; relations that came from it end with it."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _close(self, con: duckdb.DuckDBPyConnection) -> None:
        """Close a connection that wrote, and wait until the disk knows that the WAL is gone."""
        con.close()
        try:
            self._undo.finish()
            sync_one(self.path.parent)
        except OSError as error:
            raise StoreWriteError(self.path, error.strerror or str(error)) from error

    def _open_for_writing(self) -> duckdb.DuckDBPyConnection:
        if not self._is_current:
            self.update()
        return self._connect_for_writing()

    def _connect_for_writing(self) -> duckdb.DuckDBPyConnection:
        self.close()
        sweep(self.path)
        con = self._connect(read_only=False)
        try:
            self._undo.keep(con)
        except OSError as error:
            self._close(con)
            raise StoreWriteError(self.path, error.strerror or str(error)) from error
        return con

    def _make_new(self) -> list[str]:
        """Make the file where there is none; return what is in it, nothing if there is one."""
        applied: list[str] = []

        def fill(con: duckdb.DuckDBPyConnection) -> None:
            applied.extend(_bring_up_to_date(con))

        try:
            if self.exists:
                return []
            self.close()
            make_folder(self.path.parent)
            for each in self.path.parent.resolve().parents:
                sync_one(each)  # who made its folder may have been killed just then
            if not making.make(self.path, fill):
                return []
        except OSError as error:
            raise StoreWriteError(self.path.parent, error.strerror or str(error)) from error
        except duckdb.Error as error:
            self._tell_unwritable(error)
            raise
        self._is_current = True
        return applied

    def _check(self, con: duckdb.DuckDBPyConnection) -> None:
        """Refuse a database that is not ours or not current."""
        if self._is_current:
            return
        making.refuse_stranger(con, self.path)
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
                self._undo.recover()
                con = duckdb.connect(str(self.path), read_only=read_only)
                # DuckDB's own bar would come between the lines of a table.
                con.execute("set enable_progress_bar = false")
                return con
            except duckdb.ConnectionException as error:
                raise StoreBusyError(self.path, "another connection of this program") from error
            except duckdb.IOException as error:
                self._tell_unwritable(error)
                holder = _lock_holder(str(error))
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
        """Raise a StoreError if an error is the system's; DuckDB has several classes of it."""
        reason = system_reason(error)
        if reason == NO_LOCKS:
            raise NoLocksError(self.path, reason) from error
        if reason == NO_MEMORY:
            raise SystemFaultError(reason, str(error)) from error
        if reason is not None:
            is_read = "could not read" in str(error).lower()
            kind = StoreReadError if is_read else StoreWriteError
            raise kind(self.path, str(error)) from error


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


def _bring_up_to_date(con: duckdb.DuckDBPyConnection, *, compare: bool = False) -> list[str]:
    """Apply what is pending: migrations, views and prompt sets; return their names."""
    applied = migrate.migrate(con, _migrations())
    shipped = views.read_views(resources.folder("sql"))
    installed = views.install_views(con, shipped)
    if compare and not installed:
        installed = views.install_views(con, shipped, definitions.replaced_views(con))
    return [*applied, *installed, *_install_prompt_sets(con)]


def _migrations() -> list[migrate.Migration]:
    return migrate.load_migrations(resources.folder("migrations"))


def _lock_holder(message: str) -> str | None:
    """Say who holds the lock that DuckDB's message tells of; None if it tells of none."""
    if "could not set lock" not in message.lower():
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
