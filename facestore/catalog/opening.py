"""Opening of the DuckDB file where other processes may hold it, and what the system refuses."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from facestore.connections import connect
from facestore.errors import (
    NoLocksError,
    NotAStoreError,
    StoreBusyError,
    StoreReadError,
    StoreWriteError,
    SystemFaultError,
)
from facestore.faults import NO_LOCKS, NO_MEMORY, system_reason
from facestore.locks import wait_seconds

_RETRY_SECONDS = 0.05
# After so long the user is told; a transaction of another command takes less.
_SILENT_SECONDS = 1.0


def open_file(
    path: Path,
    *,
    read_only: bool,
    notify: Callable[[str], None],
    beside: Path | None = None,
    before: Callable[[], object] = lambda: None,
) -> duckdb.DuckDBPyConnection:
    """Connect, waiting a little for other processes to let go of the file.

    Parameters
    ----------
    path, read_only, beside
        As `facestore.connections.connect` has them.
    notify
        Takes a line for the user if it takes longer.
    before
        Is called before each try.

    Raises
    ------
    StoreBusyError
        If another process holds the file for longer than `FACESTORE_WAIT` seconds (30).
    NotAStoreError
        If it is no DuckDB database.
    """
    started, is_told, limit = time.monotonic(), False, wait_seconds()
    while True:
        try:
            before()
            return connect(path, read_only=read_only, beside=beside)
        except duckdb.ConnectionException as error:
            raise StoreBusyError(path, "another connection of this program") from error
        except duckdb.IOException as error:
            tell_refused(path, error)
            holder = _lock_holder(str(error))
            if holder is None:
                found = f"'{path.name}' cannot be opened as a DuckDB database"
                raise NotAStoreError(path.parent, found) from error
            waited = time.monotonic() - started
            if waited > limit:
                raise StoreBusyError(path, holder) from error
            if waited > _SILENT_SECONDS and not is_told:
                is_told = True
                notify(f"Waiting up to {limit:g} s for {holder} to close '{path}'.")
            time.sleep(_RETRY_SECONDS)


def tell_refused(path: Path, error: duckdb.Error) -> None:
    """Raise a StoreError if an error is the system's; DuckDB has several classes of it."""
    reason = system_reason(error)
    if reason == NO_LOCKS:
        raise NoLocksError(path, reason) from error
    if reason == NO_MEMORY:
        raise SystemFaultError(reason, str(error)) from error
    if reason is not None:
        is_read = "could not read" in str(error).lower()
        kind = StoreReadError if is_read else StoreWriteError
        raise kind(path, str(error)) from error


def _lock_holder(message: str) -> str | None:
    """Say who holds the lock that DuckDB's message tells of; None if it tells of none."""
    if "could not set lock" not in message.lower():
        return None
    found = re.search(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)", message)
    if found is None:
        return "another process"
    return f"process {found['pid']} ({Path(found['program']).name})"
