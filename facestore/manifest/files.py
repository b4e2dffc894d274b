"""The image files of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facestore.errors import InputError
from facestore.records import FileEntry

IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif")
)


@dataclass(frozen=True)
class Folder:
    """What a folder holds.

    Attributes
    ----------
    entries
        Files with the suffix of an image, in order of name.
    n_other
        Visible files with another suffix, which are left alone.
    """

    entries: tuple[FileEntry, ...]
    n_other: int


def list_folder(folder: Path) -> Folder:
    """List the image files in a folder and the folders below it; hidden ones are left out.

    Raises
    ------
    InputError
        If it is not a folder, or has no file with the suffix of an image.
    """
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing there"
        message = f"'{folder}' is {found}, a folder of images was expected: give the folder."
        raise InputError(message)
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    images = [name for name in names if Path(name).suffix.lower() in IMAGE_SUFFIXES]
    if not images:
        expected = ", ".join(sorted(IMAGE_SUFFIXES))
        message = f"'{folder}' has no image files ({expected}) among its {len(names):,} files."
        raise InputError(message)
    entries = tuple(FileEntry(folder / name, name) for name in images)
    return Folder(entries, len(names) - len(images))
