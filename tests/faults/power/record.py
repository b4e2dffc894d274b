"""What a command did to a folder, call by call, from strace's record.

strace, because it sees every thread and every library as the kernel does, Rust and C++ alike, and needs
no compiler; a preloaded library would miss calls that are not made through the C library.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Calls that change files or folders, or make changes last; the others only tell where a descriptor is.
CALLS = (
    "open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,"
    "sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,"
    "rmdir,lseek,dup,dup2,dup3,mmap,copy_file_range,sendfile,io_uring_enter"
)
_LINE = re.compile(
    r"(?P<at>\d+\.\d+) (?P<call>\w+)\((?P<words>.*)\) += (?P<result>-?\d+)(?P<rest>.*)", re.S
)
_FD = re.compile(r"(?P<fd>\d+|AT_FDCWD)<(?P<path>(?:[^>\\]|\\.)*)>")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)


@dataclass(frozen=True)
class Call:
    """One change of a file or folder under the root; paths are relative to it.

    Attributes
    ----------
    kind
        `create`, `write`, `truncate`, `sync`, `rename`, `link`, `unlink`, `mkdir` or `rmdir`.
    path, other
        What it is about; the new name of `rename` and `link`.
    offset, content
        Of `write`; `offset` is the new size of `truncate`.
    """

    kind: str
    path: str
    other: str = ""
    offset: int = 0
    content: bytes = b""


def can_trace() -> bool:
    """Whether strace is here and allowed to trace."""
    if shutil.which("strace") is None:
        return False
    return (
        subprocess.run(
            ["strace", "-f", "-o", os.devnull, "true"], capture_output=True, check=False
        ).returncode
        == 0
    )


def record(command: list[str], root: Path, folder: Path) -> list[Call]:
    """Run a command under strace; return what it did under `root`.

    Parameters
    ----------
    command
        Its words.
    root
        A folder that is there already.
    folder
        Where strace may write; a new one.

    Raises
    ------
    RuntimeError
        If the command fails, or does what this does not understand.
    """
    folder.mkdir()
    replay = _Replay(root)  # what is there before the command
    ran = subprocess.run(
        ["strace", "-ff", "--seccomp-bpf", "-f", "-y", "-s", str(1 << 26), "-o", str(folder / "trace"),
         "--absolute-timestamps=format:unix,precision:ns", "-e", f"trace={CALLS}", "-e", "signal=none", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        message = f"{command}: {(ran.stdout + ran.stderr)[-2000:]}"
        raise RuntimeError(message)
    found: list[tuple[float, str, str, int, str]] = []
    for path in folder.iterdir():
        with path.open("rb") as file:
            for line in file:
                met = _LINE.fullmatch(line.decode("latin-1").rstrip("\n"))
                if met is not None and int(met["result"]) >= 0:
                    found.append(
                        (
                            float(met["at"]),
                            met["call"],
                            met["words"],
                            int(met["result"]),
                            met["rest"],
                        )
                    )
    shutil.rmtree(folder)
    return list(replay.calls(sorted(found, key=lambda each: each[0])))


class _Replay:
    """Follows descriptors, so that each write gets its place in its file."""

    def __init__(self, root: Path) -> None:
        self._root = str(root.resolve())
        self._places: dict[str, list[int]] = {}  # where a descriptor is; shared by its duplicates
        self._appends: set[str] = set()
        self._sizes = {
            str(each): each.stat().st_size for each in root.resolve().rglob("*") if each.is_file()
        }

    def calls(self, lines: list[tuple[float, str, str, int, str]]) -> Iterator[Call]:
        for _, call, words, result, rest in lines:
            yield from getattr(self, f"_{_NAMES.get(call, call)}")(words, result, rest)

    def _inside(self, path: str) -> str | None:
        path = path.removesuffix(" (deleted)")
        if path != self._root and not path.startswith(self._root + "/"):
            return None
        return path[len(self._root) + 1 :]

    def _first(self, words: str) -> tuple[str, str | None]:
        met = _FD.match(words)
        return (
            ("", None)
            if met is None
            else (met["fd"], self._inside(_unescaped(met["path"]).decode()))
        )

    def _paths(self, words: str) -> list[str | None]:
        """Return the paths that a call names."""
        where = [
            _unescaped(each).decode()
            for each in re.findall(r"(?:\d+|AT_FDCWD)<((?:[^>\\]|\\.)*)>", _TEXT.sub('""', words))
        ]
        names = [_unescaped(each).decode() for each in _TEXT.findall(words)]
        whole = []
        for i, name in enumerate(names):
            if not name.startswith("/"):
                name = os.path.join(where[i], name) if i < len(where) else os.path.abspath(name)  # noqa: PTH100, PTH118
            whole.append(self._inside(os.path.normpath(name)))
        return whole

    def _open(self, words: str, result: int, rest: str) -> Iterator[Call]:
        fd, path = self._first(f"{result}{rest}")
        self._places[fd] = [0]
        self._appends.discard(fd)
        if path is None:
            return
        whole = f"{self._root}/{path}"
        if "O_APPEND" in words:
            self._appends.add(fd)
        if "O_CREAT" in words and whole not in self._sizes:
            self._sizes[whole] = 0
            yield Call("create", path)
        if "O_TRUNC" in words and self._sizes.get(whole):
            self._sizes[whole] = 0
            yield Call("truncate", path)

    def _write(
        self,
        words: str,
        result: int,
        rest: str,
        offset: int | None = None,
        content: bytes | None = None,
    ) -> Iterator[Call]:
        fd, path = self._first(words)
        if path is None or not result:
            return
        whole, place = f"{self._root}/{path}", self._places.setdefault(fd, [0])
        if offset is None:
            offset = self._sizes.get(whole, 0) if fd in self._appends else place[0]
            place[0] = offset + result
        if content is None:
            content = b"".join(map(_unescaped, _TEXT.findall(words)))[:result]
        if len(content) != result:
            message = f"{len(content)} of {result} bytes written to {path}"
            raise RuntimeError(message)
        self._sizes[whole] = max(self._sizes.get(whole, 0), offset + result)
        yield Call("write", path, offset=offset, content=content)

    def _pwrite64(self, words: str, result: int, rest: str) -> Iterator[Call]:
        yield from self._write(words, result, rest, int(words.rsplit(",", 1)[1]))

    def _sendfile(self, words: str, result: int, rest: str) -> Iterator[Call]:
        """`sendfile(out<path>, in<path>, [offset], count)`: what it copies is not in the record."""
        _, path = self._first(words)
        if path is None or not result:
            return
        source = _FD.findall(words)[1][1]
        given = re.search(r", \[(\d+)", words)
        if given is None:
            message = f"sendfile without an offset: {words}"
            raise RuntimeError(message)
        with open(_unescaped(source), "rb") as file:  # noqa: PTH123
            file.seek(int(given[1]))
            content = file.read(result)
        yield from self._write(words, result, rest, content=content)

    def _lseek(self, words: str, result: int, rest: str) -> Iterator[Call]:
        fd, _ = self._first(words)
        self._places.setdefault(fd, [0])[0] = result
        return iter(())

    def _dup(self, words: str, result: int, rest: str) -> Iterator[Call]:
        fd, _ = self._first(words)
        self._places[str(result)] = self._places.setdefault(fd, [0])
        if fd in self._appends:
            self._appends.add(str(result))
        return iter(())

    def _ftruncate(self, words: str, result: int, rest: str) -> Iterator[Call]:
        _, path = self._first(words)
        if path is not None:
            size = int(words.rsplit(",", 1)[1])
            self._sizes[f"{self._root}/{path}"] = size
            yield Call("truncate", path, offset=size)

    def _fsync(self, words: str, result: int, rest: str) -> Iterator[Call]:
        _, path = self._first(words)
        if path is not None:
            yield Call("sync", path)

    def _rename(self, words: str, result: int, rest: str) -> Iterator[Call]:
        old, new = self._paths(words)
        if (old is None) != (new is None):
            message = f"a rename out of or into the folder: {words}"
            raise RuntimeError(message)
        if old is not None and new is not None:
            before, after = f"{self._root}/{old}", f"{self._root}/{new}"
            for path in [
                each for each in self._sizes if each == before or each.startswith(before + "/")
            ]:
                self._sizes[after + path[len(before) :]] = self._sizes.pop(path)
            yield Call("rename", old, new)

    def _link(self, words: str, result: int, rest: str) -> Iterator[Call]:
        old, new = self._paths(words)
        if old is not None and new is not None:
            self._sizes[f"{self._root}/{new}"] = self._sizes[f"{self._root}/{old}"]
            yield Call("link", old, new)

    def _unlink(self, words: str, result: int, rest: str) -> Iterator[Call]:
        (path,) = self._paths(words)
        if path is not None:
            is_folder = "AT_REMOVEDIR" in words
            self._sizes.pop(f"{self._root}/{path}", None)
            yield Call("rmdir" if is_folder else "unlink", path)

    def _rmdir(self, words: str, result: int, rest: str) -> Iterator[Call]:
        (path,) = self._paths(words)
        if path is not None:
            yield Call("rmdir", path)

    def _mkdir(self, words: str, result: int, rest: str) -> Iterator[Call]:
        (path,) = self._paths(words)
        if path is not None:
            yield Call("mkdir", path)

    def _mmap(self, words: str, result: int, rest: str) -> Iterator[Call]:
        met = _FD.search(words)
        if (
            met
            and self._inside(_unescaped(met["path"]).decode()) is not None
            and "MAP_SHARED" in words
            and "PROT_WRITE" in words
        ):
            self._refuse(words, result, rest)
        return iter(())

    def _refuse(self, words: str, result: int, rest: str) -> Iterator[Call]:
        """Calls that are not followed, and so must not be made in the folder."""
        named = [_unescaped(each[1]).decode() for each in _FD.findall(words)]
        if any(self._inside(each) is not None for each in [*named, *_TEXT.findall(words)]):
            message = f"a call that this does not follow: {words[:500]}"
            raise RuntimeError(message)
        return iter(())


_NAMES = {
    "openat": "open", "creat": "open", "writev": "write", "fdatasync": "fsync", "renameat": "rename",
    "renameat2": "rename", "linkat": "link", "unlinkat": "unlink", "mkdirat": "mkdir", "dup2": "dup", "dup3": "dup",
    "pwritev": "refuse", "pwritev2": "refuse", "truncate": "refuse", "fallocate": "refuse", "symlink": "refuse",
    "symlinkat": "refuse", "copy_file_range": "refuse", "sync_file_range": "refuse", "io_uring_enter": "refuse",
}  # fmt: skip


def _unescaped(text: str) -> bytes:
    found: tuple[bytes, int] = codecs.escape_decode(text.encode("latin-1"))  # type: ignore[attr-defined]
    return found[0]
