"""What every step of the pipeline is given, and the record of what it did."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from facestore.catalog import Catalog
from facestore.errors import StoreError
from facestore.progress import Progress, SilentProgress
from facestore.vectors import VectorStore

_LIBRARIES = (
    "facestore", "duckdb", "lancedb", "pillow", "imagehash",
    "numpy", "torch", "torchvision", "open_clip_torch",
)  # fmt: skip


@dataclass(frozen=True)
class Stores:
    """The two halves of a store, and how to talk to the user.

    Attributes
    ----------
    catalog
        DuckDB: labels, similarities, predictions.
    vectors
        LanceDB: vectors.
    progress
        Shows how far a long step is.
    notify
        Takes a line for the user that is no result.
    """

    catalog: Catalog
    vectors: VectorStore
    progress: Progress = field(default_factory=SilentProgress)
    notify: Callable[[str], None] = lambda _line: None


@contextmanager
def recorded(
    stores: Stores, command: str, arguments: Mapping[str, Any]
) -> Iterator[dict[str, int]]:
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
            stores.catalog.runs.record(
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
        with suppress(StoreError):  # what the user has to know is the first error
            record(" ".join(f"{type(error).__name__}: {error}".split())[:500])
        raise
    record("done")


def versions() -> dict[str, str]:
    """Return the versions that may decide a result."""
    return {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def _utc_now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
