"""Both halves of a store, which every verb is given, and the record of what a verb did."""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from types import TracebackType
from typing import Any, Self

from facestore.arguments import check_value
from facestore.catalog import Catalog
from facestore.catalog.making import check_folder
from facestore.config import CATALOG_FILE, HEADS_FOLDER, VECTORS_FOLDER
from facestore.connections import usable
from facestore.errors import InputError
from facestore.images.given import Given, given_sources, named
from facestore.images.pictures import Pictures
from facestore.images.places import LIST, ImageSource
from facestore.images.walk import printable
from facestore.names import check_text
from facestore.outputs import refuse_files_of_stores, refuse_picture
from facestore.progress import Progress, SilentProgress
from facestore.records import AnyPath
from facestore.vectors import VectorStore

_LIBRARIES = (
    "facestore", "duckdb", "lancedb", "pillow", "imagehash",
    "numpy", "torch", "torchvision", "open_clip_torch",
)  # fmt: skip


class Stores:
    """Both halves of a store, in one folder: what every verb is given first.

    Nothing is written before the first verb that writes.

    Parameters
    ----------
    path
        The folder.
    progress, notify
        Show how far long verbs are, and what is no result: lines, and summaries of verbs that
        another verb calls; nothing by default.

    Attributes
    ----------
    catalog
        DuckDB: labels, similarities, predictions.
    vectors
        LanceDB: vectors.

    Raises
    ------
    NotAStoreError
        If something else is at the path.
    """

    def __init__(
        self,
        path: AnyPath,
        *,
        progress: Progress | None = None,
        notify: Callable[[object], None] = lambda _notice: None,
    ) -> None:
        check_value("path", path, AnyPath)
        self.path = Path(path)
        check_folder(self.path)
        self.vectors = VectorStore(str(usable(self.path / VECTORS_FOLDER)), notify)
        # Vectors that rows rely on are on the disk before the rows are, whatever the verb.
        self.catalog = Catalog(self.path / CATALOG_FILE, notify, self.vectors.sync)
        self.progress = progress or SilentProgress()
        self.notify = notify

    @classmethod
    def open(
        cls,
        path: AnyPath,
        *,
        progress: Progress | None = None,
        notify: Callable[[object], None] = lambda _notice: None,
    ) -> Self:
        """Open the store in a folder; one that is not there yet is made by the first write."""
        return cls(path, progress=progress, notify=notify)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def output(self, given: AnyPath | None, own: str = "") -> Path:
        """Return where a verb writes; asked before it does anything.

        Parameters
        ----------
        given
            A file or folder; None: the folder `own` of the store.
        own
            Name of that folder.

        Raises
        ------
        OutputError
            If a store has files of its own there.
        InputError
            If it is a picture that is there.
        """
        target = self.path / own if given is None else Path(given)
        refuse_files_of_stores(self.path, target, own)
        refuse_picture(target)
        return target

    def heads_folder(self, given: AnyPath | None = None) -> Path:
        """Return the folder of files of heads: the given one, or that of the store."""
        return self.path / HEADS_FOLDER if given is None else Path(given)

    def close(self) -> None:
        """Close the DuckDB file; relations that `sql` returned end with it."""
        self.catalog.close()


def pictures_of(store: Stores, folder: Path | None = None) -> dict[str, Pictures]:
    """Return what reads the pictures of each data set: from all that this user gave here.

    Of other sources a line is told: what a store says of its sources may be a trap.

    Parameters
    ----------
    folder
        One that the user names in this command; it is looked in first, for every data set.
    """
    sources = store.catalog.samples.sources()
    given = given_sources(store.path, sources)
    if folder is not None:
        first = named(folder)
        known = store.catalog.samples.datasets()
        return {each: Pictures([first, *_images(given.get(each, ()))]) for each in known}
    for dataset, of_dataset in sources.items():
        given_here = {each.source for each in given.get(dataset, ())}
        for source in of_dataset:
            if source not in given_here:
                store.notify(
                    f"Pictures of data set {dataset!r} are not read from {source!r}, which was "
                    "not given to this store on this machine. If it is yours, `facestore ingest "
                    f"{quote(source)} dataset={quote(dataset)}` says so, and encodes nothing anew."
                )
    return {dataset: Pictures(_images(notes)) for dataset, notes in given.items()}


def folder_of_pictures(given: AnyPath) -> Path:
    """Return the folder that the user says the pictures are in."""
    folder = Path(given)
    if not folder.is_dir():
        message = f"'{folder}' is no folder: give `images=` the folder that the paths start in."
        raise InputError(message)
    return folder


def _images(notes: Iterable[Given]) -> list[ImageSource]:
    """Return what reads them, each place once: a folder may have been read in several ways."""
    places = {(each.at, each.layout == LIST, each.places): each.images for each in notes}
    return list(places.values())


def require_writable(store: Stores) -> None:
    """Say before a long work whether what it finds can be kept.

    Raises
    ------
    StoreWriteError
        If the store may only be read.
    """
    with store.catalog.transaction():
        pass


@contextmanager
def recorded(
    store: Stores, command: str, arguments: Mapping[str, Any], *, whole: bool = False
) -> Iterator[dict[str, int]]:
    """Write a row of `runs` for a command that changed something.

    Parameters
    ----------
    whole
        Whether all that it writes is one transaction, and the row with it: everything or nothing,
        and the file is opened once. Others wait as long.

    Yields
    ------
    dict of str to int
        To be filled with what changed; nothing but zeros means that nothing did.

    Raises
    ------
    InputError
        If a text among the arguments is no UTF-8, or the name of a data set or split is blank.
        Paths may be anything.
    """
    counts: dict[str, int] = {}
    started_at = _utc_now()

    def as_texts() -> dict[str, Any]:
        return {key: _as_text(key, each) for key, each in arguments.items() if each is not None}

    as_texts()  # what cannot be recorded is refused first; some arguments are known only later

    def record(outcome: str) -> None:
        if any(counts.values()):
            store.catalog.runs.record(
                command,
                arguments=as_texts(),
                counts=counts,
                versions=versions(),
                started_at=started_at,
                ended_at=_utc_now(),
                outcome=outcome,
            )

    if whole:
        with store.catalog.transaction():
            yield counts
            record("done")
            if not any(counts.values()):
                store.catalog.counts.keep()
        return
    try:
        yield counts
    except BaseException as error:
        with suppress(Exception):  # what the user has to know is the first error
            record(" ".join(f"{type(error).__name__}: {error}".split())[:500])
        raise
    record("done")
    if not any(counts.values()):  # or else it was counted with the row of `runs`
        store.catalog.counts.keep()


def _as_text(name: str, value: Any) -> Any:
    """Return what can be recorded of a value: a path has what is no UTF-8 in it as escapes."""
    if isinstance(value, Path):
        return printable(str(value))
    if name in ("dataset", "split") and isinstance(value, str) and not value.strip():
        message = f"`{name}={value!r}` is blank: give a name, or leave it out."
        raise InputError(message)
    for each in value if isinstance(value, list | tuple) else (value,):
        if isinstance(each, str):
            check_text(each, f"`{name}={each}`")
    return value


# Each asking searches the folders of all libraries, and none changes in a process.
_version = cache(version)


def versions() -> dict[str, str]:
    """Return the versions that may decide a result."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES}


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
