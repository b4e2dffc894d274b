"""The DuckDB file: opened for writing only as long as a transaction takes.

DuckDB lets either one process write or many read. So nothing here keeps the file open for writing:
`writing()` opens it, runs one transaction and closes it, and a reader such as DBeaver gets in
between. A reading connection is kept, and closed before the next write.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from facestore.catalog import definitions, making, migrate, updating, verified, views
from facestore.catalog.empty import write_empty
from facestore.catalog.opening import open_file, tell_refused
from facestore.catalog.shipped import (
    definitions_of_this_version,
    shipped_migrations,
    shipped_views,
)
from facestore.catalog.undo import Undo
from facestore.connections import session, transaction
from facestore.errors import (
    StoreAlteredError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreWriteError,
)
from facestore.files import make_folder, sync_one
from facestore.leftovers import sweep


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
    is_ours
        Whether what a power cut left half written is put back, which writes to the file.
    """

    def __init__(
        self,
        path: Path,
        notify: Callable[[str], None] = lambda _line: None,
        before_commit: Callable[[], object] = lambda: None,
        *,
        is_ours: bool = True,
    ) -> None:
        self.path = path
        self._is_ours = is_ours
        self._notify = notify
        self._before_commit = before_commit
        self._undo = Undo(path)
        self._reader: duckdb.DuckDBPyConnection | None = None
        self._session: duckdb.DuckDBPyConnection | None = None
        self._writer: duckdb.DuckDBPyConnection | None = None
        self._is_current = False
        # Of the connection that writes: whether what it found was as this version makes it.
        self._writes_verified = False

    @property
    def log(self) -> Path:
        """What DuckDB has not yet written into the file; a process that was killed leaves it."""
        return making.log_of(self.path)

    @property
    def is_half_written(self) -> bool:
        """Whether something is to be put back before the file can be relied on."""
        return self._undo.is_pending

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
            with transaction(con):
                yield con
                self._before_commit()
        except duckdb.Error as error:
            tell_refused(self.path, error)
            raise
        finally:
            self._writer = None
            self._close(con)

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
        applied = self._make_new()
        if applied:
            return applied
        con = self._connect_for_writing()
        try:
            return self._bring_up_to_date(con, rebuild=rebuild)
        finally:
            self._close(con)

    def refuse_altered(self, con: duckdb.DuckDBPyConnection) -> None:
        """Raise StoreAlteredError if the file is not as this version makes it.

        Parameters
        ----------
        con
            A connection to it.
        """
        # SQL of others may also have changed of which version the store says it is
        self._writes_verified = False
        updating.refuse(updating.altered(definitions.read(con)), self.path)

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

    def _close(self, con: duckdb.DuckDBPyConnection) -> None:
        """Close a connection that wrote, and wait until the disk knows that the WAL is gone."""
        was_verified, self._writes_verified = self._writes_verified, False
        con.close()
        try:
            self._undo.finish()
            sync_one(self.path.parent)
        except OSError as error:
            raise StoreWriteError(self.path, error.strerror or str(error)) from error
        # In the moment since nobody has opened it, changed it and let go of it again.
        verified.remember(self.path, verified.state_of(self.path) if was_verified else None)

    def _open_for_writing(self) -> duckdb.DuckDBPyConnection:
        if not self._is_current:
            self._make_new()
        con = self._connect_for_writing()
        if self._is_current:
            return con
        try:
            applied = self._bring_up_to_date(con)
        except BaseException:
            self._close(con)
            raise
        if not applied:
            return con
        self._close(con)
        return self._connect_for_writing()

    def _bring_up_to_date(
        self, con: duckdb.DuckDBPyConnection, *, rebuild: bool = False
    ) -> list[str]:
        try:
            applied = updating.bring_up_to_date(con, self.path, rebuild=rebuild)
        except duckdb.Error as error:
            tell_refused(self.path, error)
            raise
        self._is_current = self._writes_verified = True
        return applied

    def _connect_for_writing(self) -> duckdb.DuckDBPyConnection:
        self.close()
        sweep(self.path)
        con = self._connect(read_only=False)
        self._writes_verified = verified.is_verified(self.path)
        try:
            self._undo.keep(con)
        except OSError as error:
            self._close(con)
            raise StoreWriteError(self.path, error.strerror or str(error)) from error
        return con

    def _make_new(self) -> list[str]:
        """Make the file where there is none; return what is in it, nothing if there is one."""
        try:
            if self.exists:
                return []
            self.close()
            make_folder(self.path.parent)
            for each in self.path.parent.resolve().parents:
                sync_one(each)  # who made its folder may have been killed just then
            applied = making.make(self.path, write_empty)
            if applied is None:
                return []
        except OSError as error:
            raise StoreWriteError(self.path.parent, error.strerror or str(error)) from error
        except duckdb.Error as error:
            tell_refused(self.path, error)
            raise
        verified.remember(self.path, verified.state_of(self.path))
        self._is_current = True
        return list(applied)

    def _check(self, con: duckdb.DuckDBPyConnection) -> None:
        """Refuse a database that is not ours, not current, or not as this version makes it."""
        if self._is_current or verified.is_verified(self.path):
            self._is_current = True
            return
        state = verified.state_of(self.path)
        objects = definitions.read(con)
        updating.refuse(definitions.not_readable(objects), self.path)
        making.refuse_stranger({name for _, name in objects.definitions}, self.path)
        pending = [migration.name for migration in migrate.pending(con, shipped_migrations())]
        if not pending:
            pending = views.outdated(con, shipped_views(), objects.names)
        if pending:
            raise StoreOutdatedError(pending)
        updating.refuse(objects.differing(definitions_of_this_version()), self.path)
        verified.remember(self.path, state)
        self._is_current = True

    def _connect(self, *, read_only: bool, beside: Path | None = None) -> duckdb.DuckDBPyConnection:
        return open_file(
            self.path,
            read_only=read_only,
            notify=self._notify,
            beside=beside,
            before=self._undo.recover if self._is_ours else lambda: None,
        )


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
