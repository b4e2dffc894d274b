"""Ingest: files become samples, images, labels and vectors; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shlex import quote

from facestore.catalog.samples import SampleChanges
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_WORKERS
from facestore.encoders.open_clip import LazyEncoder
from facestore.errors import FacestoreError, StoreLockedError, preview
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

    def lines(self) -> list[str]:
        """Return the summary for people, one fact a line."""
        plan, changes = self.plan, self.changes
        encoded = [f"{n:,} images encoded with {name}" for name, n in self.n_encoded.items()]
        facts = [
            f"{self.n_files:,} files of data set {plan.dataset!r} ({plan.layout}): "
            f"{changes.n_new:,} new samples, {changes.n_changed:,} changed, "
            f"{self.n_images_new:,} new images",
            f"layout {plan.layout}: {plan.reason}",
            *(encoded or ["nothing encoded: no --model was given"]),
        ]
        if not changes.n_new and not changes.n_changed and not sum(self.n_encoded.values()):
            facts.append("nothing new: everything was in the store already")
        if plan.n_labelled:
            labels = f"{changes.n_labels_new:,} labels new, {changes.n_labels_changed:,} changed"
            facts.append(f"{plan.n_labelled:,} files labelled ({labels})")
        if changes.n_content_changed:
            n = changes.n_content_changed
            facts.append(
                f"{n:,} files have other content than before: their old scores are removed"
            )
        shown = [f"{path}: {reason}" for path, reason in self.errors]
        for what, items in (
            ("files could not be read as images and are recorded with their error", shown),
            ("label rows have no file", plan.labels_without_file),
            ("files have no label", plan.files_without_label),
            ("names do not say their labels", plan.malformed),
            ("columns were not read (name them with --attribute)", plan.ignored_columns),
        ):
            if items:
                facts.append(f"{len(items):,} {what} ({preview(items)})")
        facts += [self._shared_with(*each) for each in self.shared]
        facts += plan.notes
        if plan.n_other_files:
            facts.append(f"{plan.n_other_files:,} other files were passed over")
        return facts

    def _shared_with(self, other: str, n_images: int, n_labelled: int) -> str:
        """Say that another data set has the same images, and how to go on with it."""
        said = f"{n_images:,} of these images are in data set {other!r} already"
        if n_labelled and not self.plan.n_labelled:
            return (
                f"{said}, with labels, and have none here: to go on with that one, say "
                f"--dataset {quote(other)}"
            )
        return f"{said}: with --dataset {quote(other)} they would not be counted twice"

    def profile(self) -> list[str]:
        """Return where the time went, one stage a line, and which one the others waited for."""
        total, threads = self.seconds["total"], max(1, self.workers)
        shown = {
            "plan": "list the files, read labels",
            "load model": "load the model",
            "read": "read files",
            "hash": "SHA-256 and pHash",
            "decode": "decode",
            "transform": "transform",
            "encode": "encode",
            "write": "write",
            "waiting for images": "encoder waits for images",
            "waiting for the store": "encoder waits for the store",
        }
        lines = [
            f"{title:<28}{self.seconds.get(stage, 0.0):8.2f} s"
            + (f" in {threads} threads" if stage in _READING and self.workers else "")
            for stage, title in shown.items()
        ]
        rate = self.n_files / total if total else 0.0
        lines.append(f"{'total':<28}{total:8.2f} s, {rate:,.0f} files a second")
        return [*lines, f"bottleneck: {self.bottleneck}"]

    @property
    def bottleneck(self) -> str:
        """The stage that the others waited for, and what to try."""
        get = self.seconds.get
        reading = sum(get(stage, 0.0) for stage in _READING)
        parts = {
            "reading": get("waiting for images", 0.0) if self.workers else reading,
            "encode": get("encode", 0.0),
            "write": get("waiting for the store", 0.0) if self.workers else get("write", 0.0),
            "start": get("plan", 0.0) + get("load model", 0.0),
        }
        slowest = max(parts, key=lambda part: parts[part])
        if slowest == "reading":
            stage = max(_READING, key=lambda stage: get(stage, 0.0))
            return f"{stage} (more --workers may help)"
        return {
            "encode": "encode (a GPU, a smaller --model or a --precision of 16 bits may help)",
            "write": "write (a faster disk may help)",
            "start": "listing files and loading the model (nothing else took as long)",
        }[slowest]


def ingest(
    stores: Stores,
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
    stores
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
        _no_store_for_nothing(stores),
        only_one(stores.catalog.database.path.parent, "ingest"),
        recorded(stores, "ingest", arguments) as counts,
    ):
        with watch.measure("plan"):
            plan = plan_ingest(
                stores,
                source,
                dataset=dataset,
                split=split,
                labels=labels,
                layout=layout,
                attributes=attributes,
                allow_new_classes=allow_new_classes,
                follow_links=follow_links,
            )
        run = IngestRun(stores, plan, encoders, batch_size=batch_size, workers=workers, watch=watch)
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
        shared=_shared(stores, dataset) if result.changes.n_new else (),
    )


@contextmanager
def _no_store_for_nothing(stores: Stores) -> Iterator[None]:
    """Remove a store that was made by this ingest when it ends in an error and has no data set."""
    database = stores.catalog.database
    folder = database.path.parent
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    had_store = database.exists
    try:
        yield
    except StoreLockedError:  # the store is being made by another process
        raise
    except FacestoreError:
        if not had_store and not (database.exists and stores.catalog.samples.datasets()):
            stores.catalog.close()
            for file in (database.path, lock_file(folder, "ingest")):
                file.unlink(missing_ok=True)
            with suppress(OSError):  # something else is in it
                for each in made:
                    each.rmdir()
        raise


def _shared(stores: Stores, dataset: str) -> tuple[tuple[str, int, int], ...]:
    """Return the other data sets that have images of this one."""
    found = tuple(stores.catalog.samples.shared_with(dataset))
    stores.catalog.close()  # after an ingest nothing holds the file, so that others may write
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
