"""Small pictures of samples, read again from what they were ingested from."""

import base64
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from facestore.errors import counted
from facestore.images.pictures import Pictures
from facestore.images.small import small_jpeg
from facestore.progress import Progress

FACES_FOLDER = "faces"
GONE, UNREADABLE = "not at hand, or another file by now", "cannot be decoded"
_DIGITS = 20
_FILE = re.compile(rf"[0-9a-f]{{{_DIGITS}}}\.jpg")
_NAMED_ON_PAGES = re.compile(rf"{FACES_FOLDER}/({_FILE.pattern})")
_TOGETHER = 256
_MOST_NAMED = 5


@dataclass(frozen=True)
class Sample:
    """A sample whose picture is wanted.

    Attributes
    ----------
    dataset, path
        Which it is.
    image_id
        SHA-256 (hex) that the bytes of its picture must have.
    """

    dataset: str
    path: str
    image_id: str


@dataclass(frozen=True)
class Thumbnails:
    """The small pictures of a report.

    Attributes
    ----------
    files
        Where they lie, seen from the pages, by data set and path.
    missing
        Why a sample has none.
    """

    files: Mapping[tuple[str, str], str] = field(default_factory=dict)
    missing: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def left_out(self) -> list[str]:
        """What is said of those that are missing: a sentence a reason, with the first of them."""
        by_reason: dict[str, list[str]] = {}
        for (_, path), reason in self.missing.items():
            by_reason.setdefault(reason, []).append(path)
        return [_sentence(reason, paths) for reason, paths in by_reason.items()]


def find_thumbnail(pictures: Pictures | None, path: str, image_id: str | None) -> str | None:
    """Return the picture of a sample where its file is there and is still the same.

    Parameters
    ----------
    pictures
        Those of its data set; None: there are none.
    path
        Of the sample.
    image_id
        SHA-256 (hex) that its bytes must have. None: it is not known what they must be, so there is
        no picture.

    Returns
    -------
    str or None
        A JPEG as a `data:` URI.
    """
    if pictures is None or image_id is None:
        return None
    content = pictures.content(path, image_id)
    return None if content is None else thumbnail(content)


def thumbnail(content: bytes) -> str | None:
    """Return a picture as a small JPEG in a `data:` URI; None if it cannot be decoded.

    Parameters
    ----------
    content
        The bytes of the file; they are those of a picture that was read before.
    """
    small = small_jpeg(content)
    if small is None:
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(small).decode()}"


def write_thumbnails(
    folder: Path,
    samples: Sequence[Sample],
    pictures: Mapping[str, Pictures],
    progress: Progress,
) -> Thumbnails:
    """Write each picture once, as a small file that all pages share.

    Parameters
    ----------
    folder
        Of the pages; the files lie in `faces/` in it.
    samples
        Whose pictures are wanted; several may show the same picture.
    pictures
        Those of each data set.
    progress
        Shows how far it is.
    """
    files: dict[tuple[str, str], str] = {}
    missing: dict[tuple[str, str], str] = {}
    written: dict[str, bool] = {}
    with (
        progress.task("Pictures", len(samples)) as task,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        for start in range(0, len(samples), _TOGETHER):
            some = samples[start : start + _TOGETHER]
            read = dict(_read(some, pictures))
            new = {each.image_id: content for each, content in read.items()}
            new = {name: content for name, content in new.items() if name not in written}
            for name, small in zip(new, pool.map(small_jpeg, new.values()), strict=True):
                written[name] = small is not None
                if small is not None:
                    _write(folder / _file(name), small)
            for each in some:
                key = (each.dataset, each.path)
                if each not in read:
                    missing[key] = GONE
                elif not written[each.image_id]:
                    missing[key] = UNREADABLE
                else:
                    files[key] = _file(each.image_id)
                task.advance()
    return Thumbnails(files, missing)


def former_thumbnails(folder: Path, replaced: Collection[str]) -> list[str]:
    """Return the small pictures of an earlier report that no page shows that stays.

    Parameters
    ----------
    folder
        Of the pages.
    replaced
        Pages that are written anew, or go.
    """
    stay = [page for page in folder.glob("*.html") if page.name not in replaced]
    shown = {name for page in stay for name in _NAMED_ON_PAGES.findall(_text(page))}
    lying = (each.name for each in (folder / FACES_FOLDER).glob("*.jpg"))
    return [
        f"{FACES_FOLDER}/{name}" for name in lying if _FILE.fullmatch(name) and name not in shown
    ]


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8", errors="replace")


def _read(
    samples: Iterable[Sample], pictures: Mapping[str, Pictures]
) -> Iterator[tuple[Sample, bytes]]:
    """Give the content of those pictures that are there and are still the same."""
    for each in samples:
        of_dataset = pictures.get(each.dataset)
        try:
            content = None if of_dataset is None else of_dataset.content(each.path, each.image_id)
        except ValueError:  # no file can have such a path
            content = None
        if content is not None:
            yield each, content


def _file(image_id: str) -> str:
    return f"{FACES_FOLDER}/{image_id[:_DIGITS]}.jpg"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _sentence(reason: str, paths: list[str]) -> str:
    named = ", ".join(paths[:_MOST_NAMED])
    rest = len(paths) - _MOST_NAMED
    more = f" and {counted(rest, 'other')}" if rest > 0 else ""
    return f"{counted(len(paths), 'picture')} {reason}: {named}{more}"
