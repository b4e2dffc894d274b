"""Ingest: files become samples, images, labels and vectors; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from facestore.catalog.samples import SampleChanges
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_WORKERS
from facestore.encoders.open_clip import LazyEncoder
from facestore.errors import FacestoreError, StoreLockedError
from facestore.images import is_pattern, printable, root_of
from facestore.ingest.plan import IngestPlan, plan_ingest
from facestore.ingest.run import IngestRun, RunResult
from facestore.locks import lock_file, only_one
from facestore.stopwatch import Stopwatch
from facestore.stores import Stores, recorded

# What the threads that read do; the other stages are those of the threads that encode and write.
_READING = ("read", "hash", "decode", "transform")


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest found and changed.

    Attributes
    ----------
    n_encoded
        Encoder name -> vectors made.
    errors
        (path, reason) of the files that are no readable images.
    seconds
        Stage -> seconds that its threads took together; `total` is the time that passed.
    workers
        Threads that read and decoded.
    shared
        Other data sets that have images of this one: name, how many, how many of them labelled.
    """

    plan: IngestPlan
    changes: SampleChanges
    n_images_new: int
    n_encoded: dict[str, int]
    errors: tuple[tuple[str, str], ...]
    seconds: dict[str, float]
    workers: int
    shared: tuple[tuple[str, int, int], ...] = ()

    @property
    def n_files(self) -> int:
        """Number of files with the suffix of an image."""
        return len(self.plan.entries)


def ingest(
    store: Stores,
    source: Path,
    *,
    dataset: str | None = None,
    split: str | None = None,
    labels: Path | None = None,
    layout: str = "auto",
    encoders: Sequence[LazyEncoder] = (),
    batch_size: int = DEFAULT_BATCH_SIZE,
    workers: int = DEFAULT_WORKERS,
    attributes: Sequence[str] = (),
    allow_new_classes: bool = False,
    follow_links: bool = False,
) -> IngestSummary:
    """Bring images into the store; encode what no encoder has a vector of yet.

    Parameters
    ----------
    store
        The store.
    source
        A folder, or another source that `facestore.ingest.layouts.read_manifest` takes.
    dataset
        Name of the data set; by default the source's.
    split
        Split of all files: train, val ...
    labels
        Label table, CSV or Parquet.
    layout
        One of `facestore.ingest.layouts.LAYOUTS`; `auto`: by what is there.
    encoders
        The models to encode with; none: the catalogue only.
    batch_size
        Images a forward pass.
    workers
        Threads that read and decode; 0: none besides this one.
    attributes, allow_new_classes
        As `facestore.ingest.layouts.LabelRules` has them.
    follow_links
        Follow links out of the folder.

    Returns
    -------
    IngestSummary
    """
    watch = Stopwatch()
    dataset = dataset or _dataset_name(source)
    arguments: dict[str, object] = {
        "source": source,
        "dataset": dataset,
        "split": split,
        "labels": labels,
        "models": [encoder.name for encoder in encoders],
        "devices": [encoder.device for encoder in encoders],
        "batch_size": batch_size,
        "workers": workers,
    }
    with (
        _no_store_for_nothing(store),
        only_one(store.catalog.database.path.parent, "ingest"),
        recorded(store, "ingest", arguments) as counts,
    ):
        with watch.measure("plan"):
            plan = plan_ingest(
                store,
                source,
                dataset=dataset,
                split=split,
                labels=labels,
                layout=layout,
                attributes=attributes,
                allow_new_classes=allow_new_classes,
                follow_links=follow_links,
            )
        run = IngestRun(store, plan, encoders, batch_size=batch_size, workers=workers, watch=watch)
        try:
            result = run.run()
        except KeyboardInterrupt:
            counts.update(_counts(run.result()))
            raise
        # those that were `auto` know by now what it meant
        arguments["devices"] = [encoder.device for encoder in encoders]
        counts.update(_counts(result))
    return IngestSummary(
        plan=plan,
        changes=result.changes,
        n_images_new=result.n_images_new,
        n_encoded=result.n_encoded,
        errors=result.errors,
        seconds={**watch.seconds, "total": watch.elapsed},
        workers=workers,
        shared=_shared(store, dataset) if result.changes.n_new else (),
    )


@contextmanager
def _no_store_for_nothing(store: Stores) -> Iterator[None]:
    """Remove a store that was made by this ingest when it ends in an error and has no data set."""
    database = store.catalog.database
    folder = database.path.parent
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    had_store = database.exists
    try:
        yield
    except StoreLockedError:  # the store is being made by another process
        raise
    except FacestoreError:
        if not had_store and not (database.exists and store.catalog.samples.datasets()):
            store.catalog.close()
            for file in (database.path, lock_file(folder, "ingest")):
                file.unlink(missing_ok=True)
            with suppress(OSError):  # something else is in it
                for each in made:
                    each.rmdir()
        raise


def _shared(store: Stores, dataset: str) -> tuple[tuple[str, int, int], ...]:
    """Return the other data sets that have images of this one."""
    found = tuple(store.catalog.samples.shared_with(dataset))
    store.catalog.close()  # after an ingest nothing holds the file, so that others may write
    return found


def _counts(result: RunResult) -> dict[str, int]:
    n_encoded = sum(result.n_encoded.values())
    counts: dict[str, int] = asdict(result.changes)
    return counts | {"n_images_new": result.n_images_new, "n_encoded": n_encoded}


def _dataset_name(source: Path) -> str:
    """Return the name of a folder, of a file, or of the folder of a pattern, as text."""
    place = root_of(source) if is_pattern(source) else source
    name = place.resolve().name
    return printable(name if place.is_dir() else name.split(".")[0]) or "images"
