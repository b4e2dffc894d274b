"""Members of tar archives. Nothing is ever extracted: a member is a name and a range of bytes."""

import struct
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from facestore.images.files import Unreadable, packed_as, read_part, trouble
from facestore.images.walk import printable

# What tarfile raises on archives that are broken on purpose, besides what it documents.
_BROKEN = (
    tarfile.TarError, ValueError, OverflowError, EOFError, LookupError, TypeError, AttributeError,
    RecursionError, MemoryError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class TarMember:
    """A regular member of an uncompressed tar.

    Attributes
    ----------
    path
        The archive.
    name
        The member's name in it.
    offset, size
        Where its bytes are.
    """

    path: Path
    name: str
    offset: int
    size: int

    def __str__(self) -> str:
        """Return where it is."""
        return f"{self.path}/{self.name}"

    def read_bytes(self) -> bytes:
        """Return the content; raise OSError if the archive is not there or is cut."""
        return read_part(self.path, self.offset, self.size)


def scan_tar(path: Path) -> Iterator[TarMember | Unreadable]:
    """Yield the members of a tar in their order, folders left out; only headers are read.

    Members that are links, devices, sparse, or whose names lead out of the archive are
    `Unreadable`.

    Raises
    ------
    OSError
        Where the archive cannot be read or ends too early; what came before is good.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            before = -1
            while (member := archive.next()) is not None:
                # A negative size would lead tarfile back to where it was.
                if member.offset <= before or member.size < 0:
                    raise trouble("a broken tar archive: its members overlap")
                before = member.offset
                archive.members = []  # type: ignore[attr-defined]
                if not member.isdir():
                    yield _member(path, member)
    except _BROKEN as error:
        if packed := packed_as(path):
            raise trouble(f"it is packed with {packed}: unpack it to a plain .tar") from error
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise trouble(f"no whole tar archive ({reason})") from error


def find_member(path: Path, name: str) -> TarMember | Unreadable:
    """Return the member of a name."""
    facts = path.stat()
    found = _index(path, facts.st_mtime_ns, facts.st_size).get(name)
    return found or Unreadable(f"{path}/{name}", "there is no such member in the archive")


@lru_cache(maxsize=16)
def _index(path: Path, _changed: int, _size: int) -> dict[str, TarMember | Unreadable]:
    """Return the members by name; the first of a name counts, as at ingest."""
    index: dict[str, TarMember | Unreadable] = {}
    try:
        for member in scan_tar(path):
            index.setdefault(member.name, member)
    except OSError:
        pass  # what came before the break is good
    return index


def _member(path: Path, member: tarfile.TarInfo) -> TarMember | Unreadable:
    name = printable(member.name)
    pure = PurePosixPath(name.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts:
        return Unreadable(name, "its name leads out of the archive")
    if not member.isreg() or member.sparse is not None:
        return Unreadable(name, "a link, device or sparse file in the archive")
    return TarMember(path, name, member.offset_data, member.size)
