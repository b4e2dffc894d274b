"""Both halves of a store, which every verb is given, and the record of what a verb did."""

import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from types import TracebackType
from typing import Any, Self

from facestore.arguments import check_value
from facestore.catalog import Catalog
from facestore.catalog.making import check_folder
from facestore.config import CATALOG_FILE, HEADS_FOLDER, VECTORS_FOLDER
from facestore.images.given import given_sources
from facestore.images.places import ImageSource
from facestore.outputs import refuse_files_of_stores
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
        self.vectors = VectorStore(str(self.path / VECTORS_FOLDER), notify)
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
        """
        target = self.path / own if given is None else Path(given)
        refuse_files_of_stores(self.path, target, own)
        return target

    def heads_folder(self, given: AnyPath | None = None) -> Path:
        """Return the folder of files of heads: the given one, or that of the store."""
        return self.path / HEADS_FOLDER if given is None else Path(given)

    def close(self) -> None:
        """Close the DuckDB file; relations that `sql` returned end with it."""
        self.catalog.close()


def pictures_of(store: Stores) -> dict[str, ImageSource]:
    """Return what reads the pictures of each data set whose source this user gave here.

    Of others a line is told: what a store says of its sources may be a trap.
    """
    sources = store.catalog.samples.sources()
    given = given_sources(store.path, sources)
    for dataset, (source, _) in sources.items():
        if dataset not in given:
            store.notify(
                f"Pictures of data set {dataset!r} are not read: its source {source!r} was not "
                f"given to this store on this machine. If it is yours, `facestore ingest "
                f"{quote(source)} dataset={quote(dataset)}` says so, and encodes nothing anew."
            )
    return given


@contextmanager
def recorded(store: Stores, command: str, arguments: Mapping[str, Any]) -> Iterator[dict[str, int]]:
    """Write a row of `runs` for a command that changed something.

    Yields
    ------
    dict of str to int
        To be filled with what changed; nothing but zeros means that nothing did.
    """
    counts: dict[str, int] = {}
    started_at = _utc_now()

    def record(outcome: str) -> None:
        if any(counts.values()):
            store.catalog.runs.record(
                command,
                arguments={key: value for key, value in arguments.items() if value is not None},
                counts=counts,
                versions=versions(),
                started_at=started_at,
                ended_at=_utc_now(),
                outcome=outcome,
            )

    try:
        yield counts
    except BaseException as error:
        with suppress(Exception):  # what the user has to know is the first error
            record(" ".join(f"{type(error).__name__}: {error}".split())[:500])
        raise
    record("done")


def versions() -> dict[str, str]:
    """Return the versions that may decide a result."""
    return {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
