"""Files that this process has found to be as this version makes them, and their state then.

Comparing all definitions takes longer than all else of opening a store. A file in the state in
which they were compared, or in which a connection of ours left it after that, has the same. What
changes it in between, a program or a copy, gives it another time, size or number on the disk. That
is remembered in the process alone, where nothing that is handed over can reach.
"""

from pathlib import Path
from typing import NamedTuple

from facestore.catalog.wal import wal_of


class State(NamedTuple):
    """What is another one after any write.

    The file itself is not read for it: closing it would end the lock that DuckDB has on it.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


_verified: dict[Path, State] = {}


def state_of(file: Path) -> State | None:
    """Return the state of a DuckDB file; None where a log beside it tells more than the file."""
    try:
        if wal_of(file).exists():
            return None
        found = file.stat()
    except OSError:
        return None
    return State(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def is_verified(file: Path) -> bool:
    """Whether a file is in the state in which it was found to be as this version makes it.

    Parameters
    ----------
    file
        A connection has it open, so that nobody changes it.
    """
    state = state_of(file)
    return state is not None and _verified.get(file.resolve()) == state


def remember(file: Path, state: State | None) -> None:
    """Remember that a file is as this version makes it in a state; None: nothing is known of it."""
    if state is None:
        _verified.pop(file.resolve(), None)
    else:
        _verified[file.resolve()] = state
