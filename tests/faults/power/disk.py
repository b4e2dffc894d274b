"""A disk that remembers what was synced, and what a power cut may leave of the rest.

Nothing is sure but what was waited for: the content of a file by a sync of the file, a name by a sync of
its folder. Real file systems keep more (ext4 writes the names of a new file with it); what holds here holds there.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from faults.power.record import Call

PAGE = 4096
# a: whatever was not synced is gone. 0: names are kept, files that were not synced are as short as before.
# z: names and sizes are kept, and what was not synced is zeros. c: some of the names, sizes and pages, by chance.
MODES = ("a", "0", "z", "c")
State = dict[str, bytes | None]


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    now: bytearray = field(default_factory=bytearray)
    # (offset, content), or (size, None)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, content: bytes) -> None:
        _put(self.now, offset, content)
        self.pending.append((offset, content))

    def truncate(self, size: int) -> None:
        _resize(self.now, size)
        self.pending.append((size, None))

    def sync(self) -> None:
        if self.pending:
            self.synced, self.pending = bytearray(self.now), []

    def left(self, mode: str, chance: random.Random) -> bytes:
        if not self.pending or mode in "a0":
            return bytes(self.synced)
        found = bytearray(self.synced)
        if mode == "z":
            _resize(found, len(self.now))
            return bytes(found)
        for offset, content in self.pending:
            if content is None:
                if chance.random() < 0.5:
                    _resize(found, offset)
                continue
            # pages of the file, not of the write
            start = offset
            while start < offset + len(content):
                end = min(offset + len(content), (start // PAGE + 1) * PAGE)
                if chance.random() < 0.5:
                    _put(found, start, content[start - offset : end - offset])
                start = end
        return bytes(found)


@dataclass
class _Folder:
    synced: dict[str, _File | _Folder] = field(default_factory=dict)
    now: dict[str, _File | _Folder] = field(default_factory=dict)
    # (number of the call, name, what has it then or None)
    pending: list[tuple[int, str, _File | _Folder | None]] = field(default_factory=list)

    def put(self, number: int, name: str, what: _File | _Folder | None) -> None:
        _name(self.now, name, what)
        self.pending.append((number, name, what))

    def sync(self) -> None:
        self.synced, self.pending = dict(self.now), []

    def left(
        self, mode: str, kept: dict[int, bool], chance: random.Random
    ) -> dict[str, _File | _Folder]:
        if mode == "a":
            return self.synced
        if mode in "0z":
            return self.now
        found = dict(self.synced)
        for number, name, what in self.pending:
            # a rename within a folder is kept or not, as a whole
            if kept.setdefault(number, chance.random() < 0.5):
                _name(found, name, what)
        return found


class Disk:
    """Holds a folder, whole and synced at the beginning."""

    def __init__(self, root: Path) -> None:
        self._root, self._number = _load(root), 0

    def do(self, call: Call) -> None:
        """Let a call happen."""
        self._number += 1
        if call.kind == "sync":
            self._at(call.path).sync()
            return
        if call.kind in ("write", "truncate"):
            file = self._at(call.path)
            assert isinstance(file, _File)
            if call.kind == "write":
                file.write(call.offset, call.content)
            else:
                file.truncate(call.offset)
            return
        folder, name = self._place(call.path)
        if call.kind in ("create", "mkdir"):
            folder.put(self._number, name, _File() if call.kind == "create" else _Folder())
        elif call.kind in ("unlink", "rmdir"):
            folder.put(self._number, name, None)
        else:
            other, new = self._place(call.other)
            what = folder.now[name]
            if call.kind == "rename":
                folder.put(self._number, name, None)
            other.put(self._number, new, what)

    def now(self) -> State:
        """Return all that is there while the power is on: content by path, None of a folder."""
        return dict(_walk(self._root, lambda folder: folder.now, lambda file: bytes(file.now)))

    def left(self, mode: str, seed: int = 0) -> State:
        """Return what a power cut leaves now."""
        chance, kept = random.Random(seed), dict[int, bool]()
        return dict(
            _walk(
                self._root,
                lambda folder: folder.left(mode, kept, chance),
                lambda file: file.left(mode, chance),
            )
        )

    def _at(self, path: str) -> _File | _Folder:
        found: _File | _Folder = self._root
        for part in Path(path).parts:
            assert isinstance(found, _Folder)
            found = found.now[part]
        return found

    def _place(self, path: str) -> tuple[_Folder, str]:
        parent = self._at(str(Path(path).parent))
        assert isinstance(parent, _Folder)
        return parent, Path(path).name


def fingerprint(state: State) -> int:
    """Return a number that two equal states have in common, and others hardly ever."""
    return hash(
        tuple(
            (path, content if content is None else (len(content), zlib.crc32(content)))
            for path, content in sorted(state.items())
        )
    )


def write(state: State, root: Path) -> None:
    """Put a state into a new folder."""
    root.mkdir()
    for path, content in sorted(state.items()):
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)


def read(root: Path) -> State:
    """Return what is in a folder."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def _load(root: Path) -> _Folder:
    found = _Folder()
    for path in root.iterdir():
        if path.is_dir():
            found.now[path.name] = _load(path)
        else:
            content = bytearray(path.read_bytes())
            found.now[path.name] = _File(content, bytearray(content))
    found.synced = dict(found.now)
    return found


def _walk(folder, entries, content, before="") -> Iterator[tuple[str, bytes | None]]:  # type: ignore[no-untyped-def]
    for name, what in sorted(entries(folder).items()):
        if isinstance(what, _Folder):
            yield before + name, None
            yield from _walk(what, entries, content, f"{before}{name}/")
        else:
            yield before + name, content(what)


def _put(found: bytearray, offset: int, content: bytes) -> None:
    if len(found) < offset:
        found.extend(bytes(offset - len(found)))
    found[offset : offset + len(content)] = content


def _resize(found: bytearray, size: int) -> None:
    del found[size:]
    found.extend(bytes(size - len(found)))


def _name(entries: dict[str, _File | _Folder], name: str, what: _File | _Folder | None) -> None:
    if what is None:
        entries.pop(name, None)
    else:
        entries[name] = what
