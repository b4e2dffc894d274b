"""The image files of a folder."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from facestore.errors import InputError, counted, preview
from facestore.images.files import PlainFile, Unreadable
from facestore.images.walk import Found, Listing
from facestore.records import FileEntry

IMAGE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif")
)
_SUFFIXES = tuple(IMAGE_SUFFIXES)
# Pictures of formats that Pillow does not read by itself, or that open_clip's users never have.
_CONVERTED = frozenset(
    (".heic", ".heif", ".jp2", ".j2k", ".jxl", ".jxr", ".ppm", ".pgm", ".svg", ".psd", ".raw",
     ".dng", ".cr2", ".nef", ".arw", ".tga", ".ico", ".pdf", ".eps", ".hdr", ".exr")
)  # fmt: skip


# Also the parts of archives that were cut: `.7z.001`, `.tar.gz.aa`.
_ARCHIVE = re.compile(
    r"\.(?:zip|7z|rar|tgz|tbz2?|txz|gz|bz2|xz|zst|lz4|z\d\d)(?:\.(?:\d{2,3}|[a-z]{2}))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Folder:
    """What a folder holds.

    Attributes
    ----------
    entries
        Files with the suffix of an image, in order of name; what has one and is no file (a FIFO,
        a link that leads nowhere) is among them, and cannot be read.
    others, other_names
        Visible files with another suffix, which are left alone, and their names.
    notes
        What the user should know of the folder, one fact a line.
    """

    entries: tuple[FileEntry, ...]
    others: tuple[Path, ...] = ()
    other_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def n_other(self) -> int:
        """Number of other files."""
        return len(self.others)


def why_passed_over(name: str) -> str:
    """Say why a file that is no image was passed over, and what to do."""
    suffix = PurePosixPath(name).suffix.lower()
    if is_archive(name):
        return f"{suffix} is an archive: unpack it"
    if suffix in _CONVERTED:
        return f"{suffix} is not read: convert it to JPEG or PNG"
    return f"{suffix} is no suffix of an image" if suffix else "no suffix: add that of its format"


def is_image(name: str) -> bool:
    """Say whether a name has the suffix of an image."""
    return name.lower().endswith(_SUFFIXES)


def is_archive(name: str) -> bool:
    """Say whether a name has the suffix of an archive, or of something compressed."""
    return _ARCHIVE.search(name) is not None


def folder_of(listing: Listing) -> Folder:
    """Tell the images of a folder that was listed from its other files."""
    images: list[Found] = []
    others: list[Found] = []
    for each in listing.found:
        (images if is_image(each.name) else others).append(each)
    return Folder(
        entries=tuple(
            FileEntry(
                Unreadable(str(each.path), each.problem) if each.problem else PlainFile(each.path),
                each.name,
            )
            for each in images
        ),
        others=tuple(each.path for each in others if not each.problem),
        other_names=tuple(each.name for each in others if not each.problem),
        notes=listing.notes(),
    )


def no_images(folder: Path, found: Folder) -> InputError:
    """Return the error for a folder in which nothing was recognised."""
    if archives := [name for name in found.other_names if is_archive(name)]:
        message = f"'{folder}' has no image files, but archives ({preview(archives)}): unpack them."
        return InputError(message)
    expected = ", ".join(sorted(IMAGE_SUFFIXES))
    notes = "".join(f" {note}." for note in found.notes)
    message = (
        f"'{folder}' has no image files ({expected}) among its {counted(found.n_other, 'file')}, "
        f"and no .tar or .parquet files with images.{notes}"
    )
    return InputError(message)
