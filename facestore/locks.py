"""One command of a kind at a time on a store: a locked file, and beside it one that says by whom.

The lock is the operating system's, and ends with the process however that ends. A file that a
killed process left behind is no lock, and is taken over. The holder's number has a file of its own
because Windows lets nobody read a locked one, and some versions of filelock empty it.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from facestore.errors import NoLocksError, StoreLockedError, StoreWriteError
from facestore.files import make_folder

_LOCK, _HOLDER = ".lock", ".pid"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
SUFFIXES = frozenset((_LOCK, _HOLDER))


def lock_file(folder: Path, command: str) -> Path:
    """Return the file whose lock a command holds on a store."""
    return folder / f".{command}{_LOCK}"


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
        If another process, or another thread of this one, runs the same command on it.
    StoreWriteError
        If the folder cannot be written.
    NoLocksError
        If its file system has no locks.
    """
    # Here, since what only reads a store needs none of it.
    from filelock import FileLock, Timeout

    path = lock_file(folder, command)
    holder = path.with_suffix(_HOLDER)
    with ExitStack() as held:
        try:
            make_folder(folder)
            # No soft lock where the system has none: a killed process would leave it for ever.
            held.enter_context(FileLock(path, blocking=False, fallback_to_soft=False))
            held.callback(_remove, holder)
            holder.write_text(f"{os.getpid()}\n", encoding="utf-8")
        except Timeout as error:
            raise StoreLockedError(folder, command, _pid_in(holder)) from error
        except (OSError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or error.errno in _NO_LOCKS:
                raise NoLocksError(folder, str(error)) from error
            raise StoreWriteError(folder, error.strerror or str(error)) from error
        yield


def _pid_in(holder: Path) -> str:
    """Return the number of the process that holds a lock; no text where it cannot be told."""
    try:
        return holder.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _remove(file: Path) -> None:
    with suppress(OSError):  # Windows removes no file that somebody reads just now
        file.unlink()
