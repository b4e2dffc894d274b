"""The files of a folder, without following links out of it and without opening anything."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from facestore.errors import counted, preview
from facestore.images.files import kind_of

# What systems leave in folders, besides names that begin with a dot: macOS in archives, Windows,
# and disks of Synology with a picture of each picture.
_LEFT_BY_SYSTEMS = frozenset(
    ("__macosx", "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$recycle.bin",
     "system volume information", "lost+found", "@eadir")
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Something in a folder that is no folder.

    Attributes
    ----------
    name
        Relative to the folder, `/` between parts, valid UTF-8.
    path
        Where it is, as the file system spells it.
    problem
        Why it cannot be read; None: it is a regular file, or a link to one.
    """

    name: str
    path: Path
    problem: str | None = None


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes
    ----------
    found
        In order of name.
    links
        Links that were not followed.
    unlisted
        Folders that could not be read, each with the reason.
    """

    found: tuple[Found, ...]
    links: tuple[str, ...]
    unlisted: tuple[str, ...]

    def notes(self) -> tuple[str, ...]:
        """Return what the user should know of the folder, one fact a line."""
        notes = []
        if self.links:
            notes.append(
                f"{counted(len(self.links), 'link was', 'links were')} not followed "
                f"({preview(self.links)}): `follow_links=True` follows them"
            )
        if self.unlisted:
            n = counted(len(self.unlisted), "folder")
            notes.append(f"{n} could not be listed ({preview(self.unlisted)})")
        return tuple(notes)


@dataclass
class _Walk:
    root: str
    outside: bool
    found: list[Found] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    linked_folders: list[str] = field(default_factory=list)
    visited: set[tuple[int, int]] = field(default_factory=set)

    def name_of(self, path: str) -> str:
        # All paths were made by going down from the root, so this is what os.path.relpath gives.
        return printable(path[len(self.root) :].lstrip(os.sep).replace(os.sep, "/")) or "."

    def add(self, path: str, problem: str | None = None) -> None:
        self.found.append(Found(self.name_of(path), Path(path), problem))

    def visit(self, folder: str) -> None:
        """List a folder and those below it; links to folders are kept for later."""
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            try:
                facts = Path(current).stat()
                if (facts.st_dev, facts.st_ino) in self.visited:
                    continue
                self.visited.add((facts.st_dev, facts.st_ino))
                with os.scandir(current) as entries:
                    waiting += [e.path for e in entries if self._is_folder(e)]
            except OSError as error:
                self.unlisted.append(f"{self.name_of(current)}: {error.strerror}")

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        """Say whether to go into an entry; what is no folder is noted."""
        if is_hidden(entry.name):
            return False
        if entry.is_symlink():
            self._link(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            return True
        elif entry.is_file(follow_symlinks=False):
            self.add(entry.path)
        else:
            mode = entry.stat(follow_symlinks=False).st_mode
            self.add(entry.path, f"{kind_of(mode)}, not a file")
        return False

    def _link(self, path: str) -> None:
        try:
            mode = Path(path).stat().st_mode
        except OSError as error:
            self.add(path, f"a link that leads nowhere: {error.strerror}")
            return
        if stat.S_ISDIR(mode):
            (self.linked_folders if self.outside else self.links).append(path)
        elif not stat.S_ISREG(mode):
            self.add(path, f"a link to {kind_of(mode)}, not to a file")
        elif self.outside or _is_inside(path, self.root):
            self.add(path)
        else:
            self.links.append(path)


def walk(folder: Path, *, outside: bool = False) -> Listing:
    """List a folder and those below it, without hidden names and what systems leave.

    Parameters
    ----------
    folder
        The folder.
    outside
        Go into links to folders and take links to files outside. Every folder is listed once,
        so links that lead in a circle end.

    Returns
    -------
    Listing
    """
    state = _Walk(str(folder), outside)
    state.visit(str(folder))
    while state.linked_folders:
        waiting, state.linked_folders = sorted(state.linked_folders), []
        for path in waiting:
            state.visit(path)
    return Listing(
        found=_uniquely_named(sorted(state.found, key=lambda each: (each.name, each.path))),
        links=tuple(sorted(map(state.name_of, state.links))),
        unlisted=tuple(sorted(state.unlisted)),
    )


def printable(name: str) -> str:
    r"""Return a name of the file system as valid UTF-8: a byte that is not becomes `\xNN`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_hidden(name: str) -> bool:
    """Say whether a file, or a folder above it, is one that systems leave or do not show."""
    return any(
        (part.startswith(".") and part not in (".", "..")) or part.lower() in _LEFT_BY_SYSTEMS
        for part in name.split("/")
    )


def _is_inside(path: str, root: str) -> bool:
    real, inside = os.path.realpath(path), os.path.realpath(root)
    return real.startswith(inside.rstrip(os.sep) + os.sep)


def _uniquely_named(found: list[Found]) -> tuple[Found, ...]:
    r"""Tell names apart which are one in UTF-8: a byte 0xFF, and the text `\xff`."""
    taken = {each.name for each in found}
    if len(taken) == len(found):
        return tuple(found)
    seen: set[str] = set()
    unique = []
    for each in found:
        name, number = each.name, 2
        while name in seen:
            name, number = f"{each.name} ({number})", number + 1
            if name in taken:
                continue
        seen.add(name)
        unique.append(Found(name, each.path, each.problem))
    return tuple(unique)
