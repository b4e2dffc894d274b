"""Names of what is being written, and how what a killed process left is told from it.

What is written lies beside what it will be, as `.NAME-HOST.PID.RANDOM.part`. A process that ends,
however it fails, removes its own. What a killed one left is removed by the next that writes NAME:
that its process is gone can be seen on the same machine. Elsewhere, such as in another container on
a shared disk, nobody can tell, and what is older than a day is taken for left.
"""

import hashlib
import os
import re
import secrets
import shutil
import socket
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

_SUFFIX = ".part"
# Of a folder that another one took the place of.
OLD = ".old"
_NAME = re.compile(
    r"\.(?P<name>.+)-(?:(?P<host>[0-9a-f]{6})\.(?P<pid>\d+)\.)?[0-9a-f]{8}\.part(?:\.old)?",
    re.DOTALL,
)
# A file system's names have 255 bytes, and the rest of ours has at most 40.
_MOST_BYTES = 200
_OLD_SECONDS = 24 * 3600


def part_of(path: Path) -> Path:
    """Return a new name beside `path` for what is written before it gets that name."""
    tag = f"{_here()}.{os.getpid()}.{secrets.token_hex(4)}"
    return path.with_name(f".{_short(path.name)}-{tag}{_SUFFIX}")


def is_part(name: str) -> bool:
    """Whether a file of that name is one that is being made, or that a kill left."""
    return _NAME.fullmatch(name) is not None


def is_left(path: Path) -> bool:
    """Whether something is what a killed process was writing."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return False
    if found["host"] == _here():
        return not _is_running(int(found["pid"]))
    try:
        return time.time() - path.lstat().st_mtime > _OLD_SECONDS
    except OSError:  # it is gone
        return False


def left_beside(path: Path) -> list[Path]:
    """Return what killed processes left that were writing `path`."""
    wanted = _short(path.name)
    try:
        beside = [each for each in path.parent.iterdir() if each.name.startswith(f".{wanted}-")]
    except OSError:
        return []
    named = [(each, _NAME.fullmatch(each.name)) for each in beside]
    return [each for each, found in named if found and found["name"] == wanted and is_left(each)]


def sweep(path: Path) -> None:
    """Remove what killed processes left that were writing the file `path`."""
    for left in left_beside(path):
        remove(left)


def remove(path: Path) -> None:
    """Remove a file or a folder, as far as it can be."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _short(name: str) -> str:
    return os.fsencode(name)[:_MOST_BYTES].decode(errors="ignore")


@cache
def _here() -> str:
    """Return what tells the processes of this machine, or container, from those of others."""
    try:
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it leads to no path
    except OSError:
        namespace = ""
    return hashlib.sha256(f"{socket.gethostname()}{namespace}".encode()).hexdigest()[:6]


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # there `os.kill` asks nothing: it stops the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True
