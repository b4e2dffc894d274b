"""A new DuckDB file: made whole in a folder beside its place, then given its name.

A kill, a full disk or a power cut leaves no store or a whole one. What an older facestore left of a
making that was broken off is known by its emptiness, and a new file takes its place.
"""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from facestore.config import CATALOG_FILE, VECTORS_FOLDER
from facestore.connections import connect, usable
from facestore.errors import NotAStoreError, counted
from facestore.files import put_new, sync
from facestore.leftovers import is_part, part_of, remove, sweep
from facestore.locks import SUFFIXES

# A DuckDB file begins with three blocks of 4096 bytes, and with nothing else when it is new.
_HEADERS = 3 * 4096
_MAGIC, _MAGIC_AT = b"DUCK", 8
# Files beside a table or the catalogue whose place a folder would take.
_NO_FOLDERS = (".undo", ".wal", ".pid", ".lock", "on_disk.json")
_LANCE = (".images.lance", ".texts.lance")
# Views come after all migrations, and nothing is written to a store before it has them.
_IS_UNFINISHED = """
select
    not exists (from duckdb_views() where not internal)
    and (
        not exists (from duckdb_tables())
        or exists (from duckdb_tables() where table_name = 'schema_migrations')
    )
"""


def is_made(path: Path) -> bool:
    """Whether a file is there that is more than the beginning of a DuckDB file.

    A stranger's file counts as made, so that it is refused and stays.
    """
    try:
        if path.stat().st_size > _HEADERS:
            return path.is_file()
        head = path.read_bytes()
    except FileNotFoundError:
        return False
    if not any(head):
        return False
    if not head.startswith(_MAGIC, _MAGIC_AT):
        return True
    return len(head) == _HEADERS and not _is_unfinished(path)


def make(path: Path, fill: Callable[[Path], tuple[str, ...]]) -> tuple[str, ...] | None:
    """Make a DuckDB file beside its place and put it there.

    Parameters
    ----------
    path
        Where it is to be. What a making that was broken off left there is taken away.
    fill
        Makes the file, and returns the names of what it put into it.

    Returns
    -------
    tuple of str, or None
        What `fill` returned; None if another process was first.

    Raises
    ------
    OSError
        If it cannot be written.
    duckdb.Error
        If DuckDB cannot write it.
    """
    path = path.resolve()  # a link to another disk stays one
    sweep(path)
    folder = part_of(path)
    folder.mkdir()
    try:
        # Called as it will be: DuckDB names a database after its file.
        new = folder / path.name
        made = fill(new)
        sync(folder)
        _take_away_unmade(path, folder)
        return made if put_new(new, path) else None
    finally:
        remove(folder)


def log_of(path: Path) -> Path:
    """Return the file that DuckDB writes to before it writes to another."""
    return path.with_name(f"{path.name}.wal")


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds something else than a store; an empty or a new one will do.

    Raises
    ------
    NotAStoreError
        If it is a file, has files and no catalogue among them, or has a link that leads out, a
        pipe or the like. What facestore itself leaves when it is killed, or the disk is full, is
        none of these files.
    UnusablePathError
        If DuckDB cannot have a file there.
    """
    usable(folder)
    if folder.is_dir():
        others = sum(1 for each in folder.iterdir() if not _is_ours(each))
        file = folder / CATALOG_FILE
        if others and not (file.is_file() or file.is_symlink()):
            files = counted(others, "file")
            raise NotAStoreError(folder, f"there is no {CATALOG_FILE} among its {files}")
        _refuse_strange(folder)
    elif folder.exists():
        raise NotAStoreError(folder, "it is a file, a folder was expected")


def refuse_stranger(names: Collection[str], path: Path) -> None:
    """Refuse a database that has something and nothing of facestore's.

    Parameters
    ----------
    names
        Of all tables, views and macros in it.
    path
        Its file.

    Raises
    ------
    NotAStoreError
        If it is one.
    """
    if names and "schema_migrations" not in names:
        raise NotAStoreError(path.parent, f"'{path.name}' is another program's database")


def _refuse_strange(folder: Path) -> None:
    """Refuse a store with what nobody puts into one, at any depth.

    Links that lead out would be read, or written to; a pipe would be waited for. The folder itself
    may be a link.
    """
    inside = folder.resolve()
    for entry in _entries(folder):
        if entry.is_symlink():
            if Path(entry.path).resolve().is_relative_to(inside):
                continue
            what = "a link that leads out of it"
        elif entry.is_dir(follow_symlinks=False):
            if not entry.name.endswith(_NO_FOLDERS):
                continue
            what = "a folder, where facestore has a file: take it away"
        elif entry.is_file(follow_symlinks=False):
            continue
        else:
            what = "neither a file nor a folder: take it away"
        name = os.path.relpath(entry.path, folder)
        raise NotAStoreError(folder, f"'{name}' in it is {what}")


def _entries(folder: Path | str) -> Iterator["os.DirEntry[str]"]:
    """Yield all that is in a folder and in those below; what is gone by then is passed over."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(entry.path)


def _is_ours(path: Path) -> bool:
    """Whether facestore makes something of that name before there is a catalogue."""
    name = path.name
    if path.suffix in SUFFIXES or is_part(name) or name == log_of(Path(CATALOG_FILE)).name:
        return True
    return (
        name == VECTORS_FOLDER
        and path.is_dir()
        and all(each.name.endswith(_LANCE) for each in path.iterdir())
    )


def _is_unfinished(path: Path) -> bool:
    """Whether a new DuckDB file, and the log beside it, have no more than a part of the tables."""
    try:
        with connect(path, read_only=True) as con:
            return con.execute(_IS_UNFINISHED).fetchone() == (True,)
    except duckdb.Error:  # a process that makes it holds it, or it is broken
        return False


def _take_away_unmade(path: Path, folder: Path) -> None:
    """Move the beginning of a DuckDB file out of the way; a store that is whole stays."""
    if is_made(path):
        return
    taken = folder / "unmade"
    with suppress(FileNotFoundError):
        path.rename(taken)
    if is_made(taken):  # another process has made it in this moment
        put_new(taken, path)
    else:  # a log without its file says nothing
        log_of(path).unlink(missing_ok=True)
