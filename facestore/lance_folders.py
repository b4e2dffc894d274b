"""The files of a Lance table on a disk: synced before anything relies on them.

Lance writes files that never change and syncs none of them: after a power cut the newest may be
empty, hold zeros, or not be there. So each of our writes ends with `sync`, which waits for what is
new and then notes the version in `on_disk.json`. A newer version than that one was never promised
to anybody: it is read whole before it is trusted.
"""

import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from facestore.files import sync_one, write_text

_NOTE = "on_disk.json"
_SET_ASIDE = "set_aside"
_MANIFESTS = "_versions"
# Lance makes it anew, and reads the table without it.
_HINT = "latest_version_hint.json"
# A manifest is called by its distance from here, so that the newest comes first.
_LAST_VERSION = 2**64 - 1
_INVERTED_DIGITS = 20
# Clocks tick seldom, and are set back now and then.
_SLACK_NS = 60 * 10**9
_TICK_NS = 10**9


class LanceFolder:
    """The folder of one Lance table.

    Parameters
    ----------
    path
        The folder; it need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._synced: set[str] = set()
        self._changed_at = 0  # when the last manifest had come, at the last sync

    def newest(self) -> int:
        """Return the newest version that has a manifest; 0 where there is none."""
        return max(self._manifests(), default=0)

    def manifest_of(self, version: int) -> tuple[int, int] | None:
        """Return what tells the manifest of a version from another of its name; None: no such."""
        for name in (f"{_LAST_VERSION - version:0{_INVERTED_DIGITS}}", str(version)):
            with suppress(FileNotFoundError):
                found = (self._path / _MANIFESTS / f"{name}.manifest").stat()
                return found.st_ino, found.st_mtime_ns
        return None

    def noted(self) -> int:
        """Return the newest version known to be on the disk; 0 where none is."""
        try:
            return int(json.loads((self._path / _NOTE).read_bytes())["version"])
        # not there, not whole, or somebody else's
        except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError):
            return 0

    def sync(self, version: int | None = None) -> None:
        """Wait until what is new in the folder is on the disk, and the way to it.

        Parameters
        ----------
        version
            Is noted as one that can be relied on; None notes nothing.

        Raises
        ------
        OSError
            If the disk fails. What it did not take is not known.
        """
        changed_at = _changed_at(self._path / _MANIFESTS)
        if not changed_at or (version is None and changed_at == self._changed_at):
            return
        # One that comes within the same tick of the clock would not be seen.
        self._changed_at = changed_at if time.time_ns() - changed_at > _TICK_NS else 0
        paths = [each for each in _under(self._path) if not each.endswith((_NOTE, _HINT))]
        unknown = (each for each in paths if each not in self._synced)
        new = [Path(each) for each in unknown if self._is_unsure(each)]
        # Files first, then what has their names: the folders of new files, up to the store's.
        folders = {each.parent for each in new} | {each for each in new if each.is_dir()}
        if not self._synced:  # who made these folders may have been killed before they were synced
            folders |= {self._path, self._path.parent, self._path.parent.parent}
        for each in (*(each for each in new if each.is_file()), *sorted(folders, reverse=True)):
            with suppress(FileNotFoundError):  # Lance, or another process, has removed its own
                sync_one(each)
        self._synced = set(paths)
        if version is not None and version != self.noted():
            write_text(self._path / _NOTE, json.dumps({"version": version}))

    def n_bytes(self) -> int:
        """Return the size of all files in it."""
        n_bytes = 0
        for path in _under(self._path):
            with suppress(FileNotFoundError):  # Lance removes some of its own
                found = os.lstat(path)
                n_bytes += found.st_size if stat.S_ISREG(found.st_mode) else 0
        return n_bytes

    def set_aside(self, version: int) -> None:
        """Take a version out of the table's history; its manifest and its data stay."""
        manifest = self._manifests()[version]
        self._synced.discard(str(manifest))  # the next version is called so again
        folder = self._path / _SET_ASIDE
        folder.mkdir(exist_ok=True)
        number, target = 0, folder / manifest.name
        while target.exists():
            number += 1
            target = folder / f"{manifest.name}.{number}"
        manifest.rename(target)
        (manifest.parent / _HINT).unlink(missing_ok=True)
        for each in (target, folder, manifest.parent, self._path):
            sync_one(each)

    def forget_set_aside(self) -> None:
        """Remove what was set aside, and wait until the disk knows of all that was removed."""
        shutil.rmtree(self._path / _SET_ASIDE, ignore_errors=True)
        # What a folder names is on the disk when the folder is.
        for each in (*self._path.rglob("*"), self._path):
            if each.is_dir():
                sync_one(each)

    def _manifests(self) -> dict[int, Path]:
        """Return the manifests by version, of both ways in which Lance calls them."""
        found = {}
        for path in (self._path / _MANIFESTS).glob("*.manifest"):
            if path.stem.isdigit():
                number = int(path.stem)
                is_inverted = len(path.stem) == _INVERTED_DIGITS
                found[_LAST_VERSION - number if is_inverted else number] = path
        return found

    def _is_unsure(self, path: str) -> bool:
        """Whether something may be younger than the note, before which all was synced."""
        if self._synced:
            return True
        try:
            noted_at = (self._path / _NOTE).stat().st_ctime_ns
            return os.lstat(path).st_ctime_ns >= noted_at - _SLACK_NS
        except FileNotFoundError:  # no note; or Lance has removed a file of its own
            return os.path.lexists(path)


def _under(folder: Path | str) -> Iterator[str]:
    """Yield all that is in a folder and in those in it: there may be thousands, at each write."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            yield entry.path
            if entry.is_dir(follow_symlinks=False):
                yield from _under(entry.path)


def _changed_at(path: Path) -> int:
    """Return when a file was last made in a folder or taken out of it; 0 where it is not there."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
