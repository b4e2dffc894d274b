"""Where a command may write: never over the files of a store, but where they are of its own kind.

Every verb that writes somewhere else than into its store asks here, before it does anything.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from facestore.config import (
    CATALOG_FILE,
    DEMO_FACES_FOLDER,
    EXPLANATIONS_FOLDER,
    HEADS_FOLDER,
    REPORTS_FOLDER,
    VECTORS_FOLDER,
)
from facestore.errors import InputError, OutputError
from facestore.locks import SUFFIXES
from facestore.table_text import is_image_name

# Of another store only what is its own is refused: that a snapshot lies in a folder does not make
# all of the folder a store's.
_FOLDERS = (VECTORS_FOLDER, HEADS_FOLDER, EXPLANATIONS_FOLDER, DEMO_FACES_FOLDER)


def refuse_files_of_stores(store: Path, target: Path, own: str = "") -> None:
    """Refuse to write where a store has its own files; below its `reports` anybody may.

    Parameters
    ----------
    store
        The folder of the store that is open; all that is in it is its own.
    target
        The file or folder that is to be written, whether it is there or not.
    own
        Name of the folder of the open store in which the verb writes by default.

    Raises
    ------
    OutputError
        If the target is such a place, also by way of links, `..` or other capitals where the file
        system does not tell them apart.
    """
    allowed = tuple(filter(None, (REPORTS_FOLDER, own)))
    # A file takes the place of a link, and a folder is filled where its link leads.
    real = Path(os.path.realpath(target))
    for place in {real, Path(os.path.realpath(target.parent)) / target.name}:
        for folder in (place, *place.parents):
            inside = place.relative_to(folder).parts
            if _is_same(folder, store):
                if not _is_below(inside, folder, allowed):
                    raise OutputError(target, store, store / allowed[-1])
            elif _is_file_of(folder, inside):
                raise OutputError(target, folder, folder / REPORTS_FOLDER)


def refuse_picture(target: Path) -> None:
    """Refuse to write over a picture: nothing that a verb writes under a name of one's own is one.

    Raises
    ------
    InputError
        If there is one.
    """
    if is_image_name(target.name) and target.is_file():
        message = f"'{target}' is a picture that is there, and would be lost: give another name."
        raise InputError(message)


def _is_file_of(folder: Path, inside: tuple[str, ...]) -> bool:
    """Whether a folder is that of a store, and a path in it one of the store's own."""
    if not (folder / CATALOG_FILE).is_file():
        return False
    if not inside:
        return True
    name = inside[0].casefold()
    return (
        name.startswith((CATALOG_FILE, f".{CATALOG_FILE}"))
        or (name.startswith(".") and Path(name).suffix in SUFFIXES)
        or _is_below(inside, folder, _FOLDERS)
    )


def _is_below(inside: tuple[str, ...], folder: Path, names: Iterable[str]) -> bool:
    """Whether a path in a folder leads into one of its folders."""
    return bool(inside) and any(
        inside[0] == name
        # a link is no folder of that name: what it leads to has another one
        or (not (folder / name).is_symlink() and _is_same(folder / inside[0], folder / name))
        for name in names
    )


def _is_same(a: Path, b: Path) -> bool:
    """Whether two paths are one file or folder, however they are spelled."""
    try:
        return a.samefile(b)
    except OSError:  # one of them is not there
        return os.path.realpath(a) == os.path.realpath(b)
