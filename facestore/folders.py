"""Folders that a reader finds as they were or as they are now, never as a mixture.

The new folder is made beside the old one, with what the old one has besides, and the two change
names in one step. What facestore did not write is never removed: by then it is in both, as links to
the same files, and what somebody put into the old one at the last moment is moved over.
"""

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, ENOSYS, ENOTDIR
from pathlib import Path

from facestore.files import put_in_place, sync, sync_one
from facestore.leftovers import OLD, is_left, left_beside, part_of, remove

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
# Of a folder with more files that are not ours we take no copy, not even of links.
_MOST_OTHERS = 10_000


@contextmanager
def replacing_folder(
    path: Path,
    *,
    gone: Collection[str] = (),
    never: Collection[str] = (),
    lasting: bool = True,
) -> Iterator[Path]:
    """Give a new folder to write to; what is in it appears in `path` at once.

    Files that `path` has already stay, but those of the same name. What killed processes left is
    swept, in `path` and beside it.

    The files are put in place one by one, each whole, where the folder had none of them, and where
    it cannot be exchanged: one that is mounted, in which the program runs, beside which nothing may
    be written, or with very many other files.

    Parameters
    ----------
    path
        The folder; it is made if it is not there. If there is an error it stays as it was.
    gone
        Files in it, with `/` between the parts of a name, that go if they are not written anew.
    never
        A folder with a file of these names is not exchanged.
    lasting
        Whether what is new is on the disk before it appears, as `facestore.files.replacing` has it.

    Yields
    ------
    Path
        A new, empty folder.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = path.resolve()  # of a link to a folder, the folder is what is replaced
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    is_apart = _may_be_exchanged(path, never)
    part = part_of(path if is_apart else path / path.name)
    part.mkdir(parents=True)
    try:
        yield part
        if lasting:
            sync(part)
        written = frozenset(_names(part))
        if not (is_apart and _exchanged(part, path, written, frozenset(gone))):
            _fill(path, part, frozenset(gone) - written)
    finally:
        remove(part)


def _may_be_exchanged(path: Path, never: Collection[str]) -> bool:
    """Whether a folder may get another one's place, as far as can be seen from outside."""
    here = Path.cwd()
    return (
        os.access(path.parent, os.W_OK | os.X_OK)
        and not os.path.ismount(path)
        and path not in (here, *here.parents)
        and not any(os.path.lexists(path / name) for name in never)
    )


def _exchanged(part: Path, path: Path, written: frozenset[str], gone: frozenset[str]) -> bool:
    """Give the new folder the name of the old one; False if that cannot be."""
    if not path.exists() or not any(path.iterdir()):
        if path.exists():
            shutil.copymode(path, part)
        put_in_place(part, path, lasting=False)  # an empty one gives way
        sync_one(path.parent)
        return True
    others = [each for each in _names(path) if each not in written | gone]
    if len(others) > _MOST_OTHERS or not any(os.path.lexists(path / name) for name in written):
        return False
    # Says of the folder beside it, by its name, that it is the old one, and what of it is ours.
    note = part / part.name
    try:
        _keep(path, part, others)
        note.write_text("\n".join(sorted(written | gone)), encoding="utf-8")
        old = _exchange(part, path)
    except OSError:
        old = None
    if old is None:
        _drop(part, {*others, note.name})
        return False
    sync_one(path.parent)
    _retire(old, path, written | gone)
    remove(path / note.name)
    return True


def _exchange(part: Path, path: Path) -> Path | None:
    """Exchange two folders; return where the old one is, None if it is where it was."""
    libc = None if os.name == "nt" else ctypes.CDLL(None, use_errno=True)
    rename = getattr(libc, "renameat2", None)  # of Linux
    if rename:
        names = (_AT_FDCWD, os.fsencode(part), _AT_FDCWD, os.fsencode(path))
        if rename(*names, _RENAME_EXCHANGE) == 0:
            return part
        if ctypes.get_errno() not in (EINVAL, ENOSYS):
            return None
    # Killed in between there is no folder of this name, and the next run gives it back to the old.
    old = part.with_name(f"{part.name}{OLD}")
    path.rename(old)
    try:
        part.rename(path)
    except OSError:
        old.rename(path)
        raise
    return old


def _keep(old: Path, new: Path, others: Collection[str]) -> None:
    """Put into the new folder what the old one has besides, as links to the same files."""
    of = old.stat()
    with suppress(OSError):  # only root may give a folder to somebody else
        os.chown(new, of.st_uid, of.st_gid)
    shutil.copymode(old, new)
    for name in others:
        source, target = old / name, new / name
        if is_left(source):
            continue
        for folder in reversed(target.relative_to(new).parents[:-1]):
            if not (new / folder).exists():
                (new / folder).mkdir()
                shutil.copymode(old / folder, new / folder)
        if source.is_dir() and not source.is_symlink():
            target.mkdir(exist_ok=True)
            continue
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:  # a file system without links, or somebody else's file
            shutil.copy2(source, target, follow_symlinks=False)


def _drop(folder: Path, names: Collection[str]) -> None:
    """Remove files, and then folders that are empty."""
    for name in sorted(names, reverse=True):
        with suppress(OSError):
            (folder / name).unlink()
    for each in sorted(folder.rglob("*"), reverse=True):
        with suppress(OSError):
            each.rmdir()


def _retire(old: Path, new: Path, ours: Collection[str]) -> None:
    """Remove the folder that was replaced, but for files that are not in the new one."""
    for name in _names(old):
        file, kept = old / name, new / name
        is_folder = file.is_dir() and not file.is_symlink()
        if name in ours or is_left(file) or _has_it_all(kept, file):
            with suppress(OSError):
                file.unlink()
        elif not is_folder and not _is_newer(kept, file):
            with suppress(OSError):
                kept.parent.mkdir(parents=True, exist_ok=True)
                file.replace(kept)
    for each in sorted(old.rglob("*"), reverse=True):
        with suppress(OSError):  # it is a file, or there is one in it
            each.rmdir()
    with suppress(OSError):
        old.rmdir()


def _has_it_all(kept: Path, file: Path) -> bool:
    """Whether the one that is kept is the same file, or a copy of it."""
    try:
        a, b = kept.lstat(), file.lstat()
    except OSError:
        return False
    return os.path.samestat(a, b) or (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def _is_newer(kept: Path, file: Path) -> bool:
    try:
        return kept.lstat().st_mtime_ns > file.lstat().st_mtime_ns
    except OSError:
        return False


def _sweep(path: Path) -> None:
    """Remove what killed processes left of a folder, and bring back one that lost its name."""
    left = left_beside(path)
    for each in left:
        if each.name.endswith(OLD) and not path.exists():
            each.rename(path)
    for each in left:
        note = path / each.name.removesuffix(OLD)
        if note.is_file():
            _retire(each, path, note.read_text(encoding="utf-8").split("\n"))
        elif not each.name.endswith(OLD):
            remove(each)
    for each in path.iterdir() if path.is_dir() else ():
        if is_left(each):
            remove(each)


def _fill(path: Path, part: Path, gone: Collection[str]) -> None:
    """Put new files into a folder one by one, and remove those that are gone."""
    for name in _names(part):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        put_in_place(part / name, path / name, lasting=False)
    for name in gone:
        (path / name).unlink(missing_ok=True)
        if "/" in name:
            with suppress(OSError):  # of a folder that has more in it, or is no more
                (path / name).parent.rmdir()


def _names(folder: Path) -> list[str]:
    """Return the names of all files in a folder, and of folders that are empty."""
    found = []
    for root, folders, files in os.walk(folder):
        at = Path(root)
        linked = [each for each in folders if (at / each).is_symlink()]
        names = [*files, *linked] or ([""] if not folders and at != folder else [])
        found += [(at / name).relative_to(folder).as_posix() for name in names]
    return sorted(found)
