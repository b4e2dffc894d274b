"""From the source of a data set and the path of a sample to the image."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path, PurePosixPath

from facestore.errors import InputError
from facestore.images.files import PlainFile, Unreadable, is_file, read_part, trouble
from facestore.images.parquets import ParquetRow, find_image_column, open_parquet
from facestore.images.remote import RemoteFile, is_uri, origin_of
from facestore.images.tars import find_member
from facestore.images.walk import Found, walk
from facestore.records import ImageFile

CONTAINERS = (".tar", ".parquet")
LIST = "list"
_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")
_MOST_FILES = 1_000_000
_OUTSIDE = "it leads out of the folder that was given"


class ImageSource:
    """The images of a data set, by the paths of their samples; opened when they are read.

    Parameters
    ----------
    source
        What was ingested: a folder, a file, or a pattern such as `shard-{0000..0003}.tar`.
    layout
        How; only a `list` may name files outside the folder, and URIs.
    places
        Folders without links in their names, and protocols with hosts: what is read lies in one of
        them once all links are resolved. None: anywhere, as at an ingest.
    """

    def __init__(
        self,
        source: str | Path,
        layout: str = "folder",
        places: Sequence[str] | None = None,
    ) -> None:
        self.source = source
        self.root = root_of(Path(source))
        self._is_list = layout == LIST
        self._places = places

    def file(self, path: str) -> ImageFile:
        """Return the image of a sample.

        Parameters
        ----------
        path
            `val/17.jpg`, `shard-0000.tar/000123.jpg`, `train.parquet/17`, or what a list says.
        """
        return self.find(path)[0]

    def find(self, path: str) -> tuple[ImageFile, int]:
        """Return the image of a sample, and how many parts of its path led there; 0: none is there.

        A URI is taken as there. What the label table calls `val/17.jpg` may be `17.jpg` here: the
        more parts agree, the surer it is the same.
        """
        parts = _parts(path)
        if self._is_list and is_uri(path):
            return self._remote(path), len(parts)
        if self._is_list:
            file = self.root / path
            return self._checked(PlainFile(file)), len(parts) if is_file(file) else 0
        pure = PurePosixPath(path)
        # A path may come from a label table, or from another's store: it may say anything.
        if "\0" in path:
            return Unreadable(path, "no name of a file"), 0
        if pure.is_absolute() or ".." in pure.parts:
            found, depth = self._by_tail(parts)
            if found is None:
                return Unreadable(path, "its path leads out of the folder"), 0
            return self._checked(PlainFile(found)), depth
        for i in range(1, len(pure.parts)):
            container = self.root.joinpath(*pure.parts[:i])
            if container.suffix.lower() in CONTAINERS and is_file(container):
                if self._places is not None and not is_inside(container, self._places):
                    return Unreadable(path, _OUTSIDE), 0
                inside = _in_container(container, path[len("/".join(pure.parts[:i])) + 1 :])
                return inside, 0 if isinstance(inside, Unreadable) else len(parts)
        file = self.root / path
        if is_file(file):
            return self._checked(PlainFile(file)), len(parts)
        found, depth = self._by_tail(parts)
        return self._checked(PlainFile(found or file)), depth

    def _remote(self, uri: str) -> ImageFile:
        if self._places is not None and origin_of(uri) not in self._places:
            return Unreadable(uri, "no list that was given names its host")
        return RemoteFile(uri)

    def _checked(self, file: PlainFile) -> ImageFile:
        return file if self._places is None else FileInside(file.path, tuple(self._places))

    def _by_tail(self, parts: Sequence[str]) -> tuple[Path | None, int]:
        """Return the file whose whole path has the longest common tail with a path, and its length.

        That is how a label table gave the sample its path (see `facestore.names`).
        """
        best: list[Found] = []
        depth = 1
        for found in self._by_name.get(parts[-1] if parts else "", ()):
            common = _common_tail(parts, (*self._above, *_parts(found.name)))
            if common > depth:
                best, depth = [found], common
            elif common == depth:
                best.append(found)
        return (best[0].path, depth) if len(best) == 1 else (None, 0)

    @cached_property
    def _above(self) -> tuple[str, ...]:
        return self.root.resolve().parts[1:]

    @cached_property
    def _by_name(self) -> dict[str, list[Found]]:
        by_name: dict[str, list[Found]] = {}
        # links that the user had followed lead to places besides the folder
        outside = self._places is not None and len(self._places) > 1
        for found in walk(self.root, outside=outside).found if self.root.is_dir() else ():
            if found.problem is None:
                by_name.setdefault(_parts(found.name)[-1], []).append(found)
        return by_name


@dataclass(frozen=True)
class FileInside(PlainFile):
    """A file that is read only where it lies in a place that was given, with all links resolved."""

    places: tuple[str, ...]

    def read_bytes(self) -> bytes:
        """Return the content.

        Raises
        ------
        OSError
            As `PlainFile.read_bytes`, or if it lies elsewhere.
        """
        try:
            real = Path(os.path.realpath(self.path))
        except ValueError as error:  # a NUL in the name
            raise trouble("no name of a file") from error
        if not is_inside(real, self.places):
            raise trouble(_OUTSIDE)
        return read_part(real)


def is_inside(path: Path, places: Sequence[str]) -> bool:
    """Say whether a path lies in one of some folders once all links are resolved."""
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(place) for place in places if not is_uri(place))


def root_of(source: Path) -> Path:
    """Return the folder that the paths of a source start in."""
    if source.is_dir():
        return source
    if source.is_file() or not is_pattern(source):
        return source.parent if source.suffix else source
    plain = source.parts[: _first_special(source)]
    return Path(*plain) if plain else Path()


def is_there(source: str | Path) -> bool:
    """Say whether a source, or all files that a pattern stands for, can be found."""
    path = Path(source)
    if path.exists() or not is_pattern(path):
        return path.exists()
    return all(map(is_file, expand(path)))


def is_pattern(source: Path) -> bool:
    """Say whether a path has braces to expand."""
    return _BRACES.search(str(source)) is not None


def expand(source: Path) -> list[Path]:
    """Expand braces as a shell does: `{0000..0003}` and `{a,b}`.

    Raises
    ------
    InputError
        If that gives more than a million names.
    """
    pieces = _BRACES.split(str(source))
    choices = [_choices(piece) if i % 2 else [piece] for i, piece in enumerate(pieces)]
    n_names = 1
    for each in choices:
        n_names *= len(each)
    if n_names > _MOST_FILES:
        message = (
            f"'{source}' stands for {n_names:,} files, more than {_MOST_FILES:,} files at once."
        )
        raise InputError(message)
    return [Path("".join(each)) for each in product(*choices)]


def _choices(inside: str) -> Sequence[str]:
    found = _RANGE.fullmatch(inside)
    if found is None:
        return inside.split(",")
    first, last = int(found[1]), int(found[2])
    width = max(len(found[1]), len(found[2])) if found[1].startswith("0") else 0
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    if len(numbers) > _MOST_FILES:
        message = f"'{{{inside}}}' stands for more than {_MOST_FILES:,} files."
        raise InputError(message)
    return [f"{number:0{width}d}" for number in numbers]


def _first_special(source: Path) -> int:
    return next(i for i, part in enumerate(source.parts) if "{" in part or "}" in part)


def _in_container(container: Path, inside: str) -> ImageFile:
    if container.suffix.lower() == ".tar":
        return find_member(container, inside)
    try:
        column = find_image_column(open_parquet(container).schema_arrow)
    except OSError as error:
        return Unreadable(f"{container}/{inside}", str(error.strerror))
    if column is None or not inside.isdecimal() or len(inside) > 18:
        return Unreadable(f"{container}/{inside}", "no row of a Parquet file with images")
    return ParquetRow(container, column, int(inside))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))


def _common_tail(one: Sequence[str], two: Sequence[str]) -> int:
    count = 0
    for left, right in zip(reversed(one), reversed(two), strict=False):
        if left != right:
            break
        count += 1
    return count
