"""The pictures of a data set, wherever it was ingested from: often from more than one place."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from facestore.images.files import PlainFile, is_file
from facestore.images.places import ImageSource
from facestore.records import ImageFile


class Pictures:
    """The pictures of a data set, by the paths of its samples; opened when they are read.

    Parameters
    ----------
    sources
        What it was ingested from, the likeliest first.
    """

    def __init__(self, sources: Sequence[ImageSource]) -> None:
        self.sources = tuple(sources)

    def find(self, path: str, image_id: str | None) -> ImageFile | None:
        """Return the picture of a sample; None where no source has it.

        Parameters
        ----------
        path
            Of the sample.
        image_id
            SHA-256 (hex) of its bytes, which decides where several files might be meant. None: it
            is not known.
        """
        found = [(*source.find(path), source) for source in self.sources]
        there = sorted((each for each in found if each[1]), key=lambda each: -each[1])
        if not there:
            return None
        is_whole = there[0][1] == len(Path(path.replace("\\", "/").lstrip("/")).parts)
        if image_id is None or (is_whole and len(there) == 1):
            return there[0][0]
        return OneOf(tuple(file for file, *_ in there), image_id)

    def content(self, path: str, image_id: str) -> bytes | None:
        """Return the bytes of the picture of a sample; None where they are gone, or are others.

        Parameters
        ----------
        path
            Of the sample.
        image_id
            SHA-256 (hex) that the bytes must have.
        """
        file = self.find(path, image_id)
        try:
            content = None if file is None else file.read_bytes()
        except OSError:
            return None
        return content if content is not None and _sha256(content) == image_id else None


@dataclass(frozen=True)
class OneOf:
    """The one of several files that has the content that is known; else the first.

    Attributes
    ----------
    files
        The likeliest first.
    image_id
        SHA-256 (hex) of the content.
    """

    files: tuple[ImageFile, ...]
    image_id: str

    def __str__(self) -> str:
        """Return where the first is."""
        return str(self.files[0])

    def read_bytes(self) -> bytes:
        """Return the content; raise OSError if no file can be read."""
        first: bytes | OSError | None = None
        for _, content in self._contents():
            if isinstance(content, bytes) and _sha256(content) == self.image_id:
                return content
            first = content if first is None or isinstance(first, OSError) else first
        if not isinstance(first, bytes):
            raise first or FileNotFoundError(self.image_id)
        return first

    def chosen(self) -> ImageFile | None:
        """Return the file that has the content; None where none has."""
        fitting = (
            file
            for file, content in self._contents()
            if isinstance(content, bytes) and _sha256(content) == self.image_id
        )
        return next(fitting, None)

    def _contents(self) -> Iterator[tuple[ImageFile, bytes | OSError]]:
        for file in self.files:
            try:
                yield file, file.read_bytes()
            except OSError as error:
                yield file, error


def place_of(file: ImageFile | None) -> Path | None:
    """Return where the file of a picture is; None if it has none of its own, or it is gone."""
    chosen = file.chosen() if isinstance(file, OneOf) else file
    if not isinstance(chosen, PlainFile):
        return None
    path = chosen.path.absolute()
    return path if is_file(path) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
