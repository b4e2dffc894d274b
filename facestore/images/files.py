"""Plain files, read so that neither a FIFO nor a huge file can stop a run."""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

# More than any picture within Pillow's limit of pixels needs, and little enough to be held.
MAX_BYTES = 512 * 1024 * 1024

# A FIFO would wait for its writer; where a system has no such flag it has no FIFO in a folder.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)


# What archives and compressed files begin with.
_PACKED = {
    b"PK\x03\x04": "ZIP", b"7z\xbc\xaf\x27\x1c": "7-Zip", b"Rar!": "RAR",
    b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "XZ", b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
}  # fmt: skip


@dataclass(frozen=True)
class PlainFile:
    """A file of the file system."""

    path: Path

    def __str__(self) -> str:
        """Return where it is."""
        return str(self.path)

    def read_bytes(self) -> bytes:
        """Return the content.

        Raises
        ------
        OSError
            If it is not there, is no regular file, or is larger than `MAX_BYTES`.
        """
        return read_part(self.path)


@dataclass(frozen=True)
class Unreadable:
    """Something with the name of an image that cannot be read, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return its name."""
        return self.name

    def read_bytes(self) -> bytes:
        """Raise OSError with the reason."""
        raise trouble(self.reason)


def read_part(path: Path, offset: int = 0, size: int | None = None) -> bytes:
    """Return `size` bytes of a regular file from `offset`; by default all of it.

    Raises
    ------
    OSError
        As `PlainFile.read_bytes`, or if the file is shorter.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except ValueError as error:  # a NUL in the name
        raise trouble("no name of a file") from error
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise trouble(f"{kind_of(facts.st_mode)}, not a file")
        wanted = facts.st_size if size is None else size
        check_size(wanted)
        file.seek(offset)
        content = file.read(wanted)
    if len(content) < wanted:
        raise trouble(f"it ends after {len(content):,} of {wanted:,} bytes")
    return content


def is_file(path: Path) -> bool:
    """Say whether there is a file, also of names that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def packed_as(path: Path) -> str | None:
    """Return what a file is packed or compressed with, by its first bytes; None: with nothing."""
    try:
        start = read_part(path, 0, min(path.stat().st_size, max(map(len, _PACKED))))
    except OSError:
        return None
    return next((name for mark, name in _PACKED.items() if start.startswith(mark)), None)


def check_size(n_bytes: int) -> None:
    """Refuse what is larger than `MAX_BYTES`."""
    if n_bytes > MAX_BYTES:
        raise trouble(f"{n_bytes:,} bytes are more than the limit of {MAX_BYTES:,}")


def kind_of(mode: int) -> str:
    """Name what a mode of stat says: a folder, a FIFO, a device ..."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def trouble(reason: str) -> OSError:
    """Return an OSError whose text is one reason, the same at every run."""
    return OSError(errno.EIO, reason)
