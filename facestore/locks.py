"""One writer of a kind at a time on a store: a locked file, and beside it one that says by whom.

The lock is the operating system's, and ends with the process however that ends. A file that a
killed process left behind is no lock, and is taken over. The holder's number has a file of its own
because Windows lets nobody read a locked one, and some versions of filelock empty it.

A lock is called after what it guards, and every command that writes this takes it: `ingest` (what a
data set has), `score` (similarities), `vectors` (the tables of Lance: two who look for
a key at once would both add it), and the name of a file of heads.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from facestore.config import WAIT_VARIABLE
from facestore.errors import InputError, NoLocksError, StoreLockedError, StoreWriteError
from facestore.files import make_folder

_WAIT_SECONDS = 30.0
_LOCK, _HOLDER = ".lock", ".pid"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
SUFFIXES = frozenset((_LOCK, _HOLDER))


def lock_file(folder: Path, lock: str) -> Path:
    """Return the file that is locked."""
    return folder / f".{lock}{_LOCK}"


def wait_seconds() -> float:
    """Return how long another process is waited for that writes for a moment."""
    given = os.environ.get(WAIT_VARIABLE)
    if given is None:
        return _WAIT_SECONDS
    try:
        return max(0.0, float(given))
    except ValueError as error:
        message = f"{WAIT_VARIABLE}={given!r}: a number of seconds was expected."
        raise InputError(message) from error


@contextmanager
def only_one(
    folder: Path, lock: str, *, command: str | None = None, wait: float = 0
) -> Iterator[None]:
    """Hold a lock of a store.

    Parameters
    ----------
    folder
        The store; it is made if it is not there.
    lock
        What is guarded, such as `ingest`.
    command
        What runs, where it is not called as the lock is.
    wait
        Seconds for which another holder is waited for.

    Raises
    ------
    StoreLockedError
        If another process, or another thread of this one, holds it.
    StoreWriteError
        If the folder cannot be written.
    NoLocksError
        If its file system has no locks.
    """
    # Here, since what only reads a store needs none of it.
    from filelock import FileLock, Timeout

    path = lock_file(folder, lock)
    holder = path.with_suffix(_HOLDER)
    with ExitStack() as held:
        try:
            make_folder(folder)
            # No soft lock where the system has none: a killed process would leave it for ever.
            held.enter_context(FileLock(path, timeout=wait, fallback_to_soft=False))
            held.callback(_remove, holder)
            said = [str(os.getpid()), *([command] if command else [])]
            holder.write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
        except Timeout as error:
            pid, other = _said_in(holder)
            raise StoreLockedError(folder, other or lock, pid) from error
        except (OSError, NotImplementedError) as error:
            if isinstance(error, NotImplementedError) or error.errno in _NO_LOCKS:
                raise NoLocksError(folder, str(error)) from error
            raise StoreWriteError(folder, error.strerror or str(error)) from error
        yield


def _said_in(holder: Path) -> tuple[str, str]:
    """Return number and command of the process that holds a lock; no text where it is not said."""
    try:
        pid, command, *_ = [*holder.read_text("utf-8", "replace").splitlines(), "", ""]
    except OSError:
        return "", ""
    return pid.strip(), command.strip()


def _remove(file: Path) -> None:
    with suppress(OSError):  # Windows removes no file that somebody reads just now
        file.unlink()
