"""One command of a kind at a time on a store: a locked file that says which process holds it.

The lock is the operating system's, and ends with the process however that ends. A file that a
killed process left behind is no lock, and is taken over.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facestore.errors import StoreLockedError, StoreWriteError

SUFFIX = ".lock"


def lock_file(folder: Path, command: str) -> Path:
    """Return the file whose lock a command holds on a store."""
    return folder / f".{command}{SUFFIX}"


@contextmanager
def only_one(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock of a command on a store.

    Parameters
    ----------
    folder
        The store; it is made if it is not there.
    command
        What runs, such as `ingest`.

    Raises
    ------
    StoreLockedError
        If another process runs the same command on it.
    StoreWriteError
        If the folder cannot be written.
    """
    path = lock_file(folder, command)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreWriteError(folder, error.strerror or str(error)) from error
    try:
        _lock(handle, folder, command)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def is_running(pid: int) -> bool:
    """Whether a process of this machine is alive."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


def _lock(handle: int, folder: Path, command: str) -> None:
    try:
        import fcntl
    except ImportError:  # Windows, where a second process of a kind is not noticed
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.pread(handle, 32, 0).decode(errors="replace").strip()
        raise StoreLockedError(folder, command, pid) from error
