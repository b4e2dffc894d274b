"""Files and folders that are being made beside the place where they will be, and what kills left.

The name of such a part, `.NAME-HOST.PID.RANDOM.part`, says which process makes it: of one that is
killed the part stays, and the next one that writes to the folder sweeps it.
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

_NAME = re.compile(r"\..+-(?P<host>[0-9a-f]{6})\.(?P<pid>\d+)\.[0-9a-f]{8}\.part")
# Of another machine, or where a number came to another process: nothing is made for so long.
_OLD_SECONDS = 24 * 3600.0


def part_of(path: Path) -> Path:
    """Return a name beside `path`, for what will take its place; what kills left there is gone."""
    _sweep_once(path.parent, os.getpid())
    return path.with_name(f".{path.name}-{_host()}.{os.getpid()}.{secrets.token_hex(4)}.part")


def is_part(name: str) -> bool:
    """Whether a file of that name is one that is being made, or that a kill left."""
    return _NAME.fullmatch(name) is not None


def sweep(folder: Path) -> None:
    """Remove the parts in a folder whose processes have ended."""
    with suppress(OSError):  # it is not there yet, or may not be read
        for path in list(folder.iterdir()):
            found = _NAME.fullmatch(path.name)
            if found is not None and _is_left(path, found["host"], int(found["pid"])):
                remove(path)


def remove(path: Path) -> None:
    """Remove a part, be it a file or a folder; what cannot be removed stays for the next sweep."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def is_running(pid: int) -> bool:
    """Whether a process of this machine is alive."""
    if os.name == "nt":  # there `os.kill` asks nothing: it stops the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True


@cache
def _sweep_once(folder: Path, _pid: int) -> None:
    # Once in a process: a folder of ten thousand files would be listed ten thousand times.
    sweep(folder)


def _is_left(path: Path, host: str, pid: int) -> bool:
    if host == _host() and pid != os.getpid() and not is_running(pid):
        return True
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _OLD_SECONDS
    return False


@cache
def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:6]
