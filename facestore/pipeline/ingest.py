"""Ingest: files become samples, images, labels and vectors; what is there already is left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from facestore.catalog.samples import SAMPLE_SCHEMA, SampleChanges
from facestore.config import DEFAULT_BATCH_SIZE, DEFAULT_WORKERS
from facestore.embedding import ReadImage, VectorBuffer, Wanted, map_in_threads, read_image
from facestore.encoder import LazyEncoder, OpenClipEncoder
from facestore.errors import preview
from facestore.pipeline.context import Stores, recorded
from facestore.pipeline.plan import IngestPlan, plan_ingest
from facestore.records import ImageRecord
from facestore.sources import is_pattern, printable, root_of

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from facestore.vectors import VectorTable

# So many files are committed, and their vectors written, at a time.
_CHUNK = 2048


@dataclass(frozen=True)
class IngestSummary:
    """What an ingest found and changed.

    Attributes
    ----------
    n_encoded
        Encoder name -> vectors made.
    errors
        (path, reason) of the files that are no readable images.
    """

    plan: IngestPlan
    changes: SampleChanges
    n_images_new: int
    n_encoded: dict[str, int]
    errors: tuple[tuple[str, str], ...]

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
        facts += plan.notes
        if plan.n_other_files:
            facts.append(f"{plan.n_other_files:,} other files were passed over")
        return facts


@dataclass
class _Model:
    """An encoder during one ingest: what it has encoded, and what it still has to."""

    encoder: LazyEncoder
    present: set[str]
    buffer: VectorBuffer
    table: Callable[[], VectorTable]
    n_encoded: int = 0

    def flush(self) -> None:
        """Write the vectors that are ready."""
        if (batch := self.buffer.take()) is not None:
            self.table().add(batch)
            self.present.update(batch.keys)
            self.n_encoded += len(batch.keys)


@dataclass
class _Chunk:
    """Results that wait to be committed together."""

    results: list[ReadImage] = field(default_factory=list)

    def images(self) -> list[ImageRecord]:
        """Return the contents that are new, each once."""
        return list({r.record.image_id: r.record for r in self.results if r.record}.values())

    def samples(self, plan: IngestPlan) -> pl.DataFrame:
        """Return the rows of samples that are new or differ from what is known."""
        rows = [row for result in self.results if (row := _changed_row(plan, result)) is not None]
        return pl.DataFrame(rows, schema=SAMPLE_SCHEMA, orient="row")


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
        A folder, or another source that `facestore.manifest.read_manifest` takes.
    dataset
        Name of the data set; by default the source's.
    split
        Split of all files: train, val ...
    labels
        Label table, CSV or Parquet.
    layout
        One of `facestore.manifest.LAYOUTS`; `auto`: by what is there.
    encoders
        The models to encode with; none: the catalogue only.
    batch_size
        Images a forward pass.
    workers
        Threads that read and decode; 0: none besides this one.
    attributes, allow_new_classes
        As `facestore.manifest.LabelRules` has them.
    follow_links
        Follow links out of the folder.

    Returns
    -------
    IngestSummary
    """
    arguments = {
        "source": source,
        "dataset": dataset,
        "split": split,
        "labels": labels,
        "models": [encoder.name for encoder in encoders],
    }
    with recorded(stores, "ingest", arguments) as counts:
        plan = plan_ingest(
            stores,
            source,
            dataset=dataset or _dataset_name(source),
            split=split,
            labels=labels,
            layout=layout,
            attributes=attributes,
            allow_new_classes=allow_new_classes,
            follow_links=follow_links,
        )
        models = [_model(stores, encoder, batch_size) for encoder in encoders]
        summary = _run(stores, plan, models, workers=workers, window=2 * batch_size)
        counts.update(asdict(summary.changes))
        counts["n_images_new"] = summary.n_images_new
        counts["n_encoded"] = sum(summary.n_encoded.values())
    return summary


def _dataset_name(source: Path) -> str:
    """Return the name of a folder, of a file, or of the folder of a pattern, as text."""
    place = root_of(source) if is_pattern(source) else source
    name = place.resolve().name
    return printable(name if place.is_dir() else name.split(".")[0]) or "images"


def _run(
    stores: Stores, plan: IngestPlan, models: list[_Model], *, workers: int, window: int
) -> IngestSummary:
    known_images = stores.catalog.samples.image_ids()
    n_known = len(known_images)
    changes, errors, chunk = SampleChanges(), [], _Chunk()

    def wanted(image_id: str) -> Wanted:
        missing = [i for i, model in enumerate(models) if image_id not in model.present]
        return Wanted(image_id not in known_images, tuple(missing))

    transforms = [_transform(model.encoder) for model in models]
    results = map_in_threads(
        lambda entry: read_image(entry, wanted, transforms), plan.entries, workers, window
    )
    with stores.progress.task("Ingesting", len(plan.entries)) as task:
        for result in results:
            for position, inputs in result.inputs.items():
                if result.image_id is not None:
                    models[position].buffer.put(result.image_id, inputs)
            if result.error is not None:
                errors.append((plan.path_of[result.entry.name], result.error))
            result.inputs.clear()
            chunk.results.append(result)
            if len(chunk.results) == _CHUNK:
                changes += _commit(stores, plan, models, chunk, known_images)
                chunk = _Chunk()
            task.advance()
        changes += _commit(stores, plan, models, chunk, known_images)
    for model in models:
        if model.n_encoded:
            model.table().compact()
    return IngestSummary(
        plan=plan,
        changes=changes,
        n_images_new=len(known_images) - n_known,
        n_encoded={model.encoder.name: model.n_encoded for model in models},
        errors=tuple(errors),
    )


def _commit(
    stores: Stores,
    plan: IngestPlan,
    models: Sequence[_Model],
    chunk: _Chunk,
    known_images: set[str],
) -> SampleChanges:
    """Write the vectors first, then the samples: a vector without a sample is found again."""
    for model in models:
        model.flush()
    paths = [plan.path_of[result.entry.name] for result in chunk.results]
    images = [image for image in chunk.images() if image.image_id not in known_images]
    changes = stores.catalog.samples.save(
        plan.dataset,
        source=plan.source,
        layout=plan.layout,
        samples=chunk.samples(plan),
        labels=plan.labels.filter(pl.col("path").is_in(paths)),
        images=images,
        new_classes=plan.new_classes if not plan.labels.is_empty() else (),
    )
    known_images.update(image.image_id for image in images)
    return changes


def _changed_row(plan: IngestPlan, result: ReadImage) -> tuple[object, ...] | None:
    """Return the row of a sample, or None if the catalogue has it already."""
    path = plan.path_of[result.entry.name]
    split, tags = plan.splits.get(path), plan.tags.get(path)
    row = (path, result.image_id, split, tags, result.error)
    if (known := plan.known.get(path)) is None:
        return row
    is_same = (
        known.image_id == result.image_id
        and known.error == result.error
        and split in (None, known.split)
        and (tags is None or set(tags) == set(known.tags))
    )
    return None if is_same else row


def _model(stores: Stores, encoder: LazyEncoder, batch_size: int) -> _Model:
    """Prepare an encoder: it is loaded, and its identity checked, only if there is work for it."""
    known = {each.name: each for each in stores.catalog.encoders.all()}.get(encoder.name)
    present = stores.vectors.images(known.vectors).keys() if known else set()

    def load() -> OpenClipEncoder:
        loaded = encoder.load()
        stores.catalog.encoders.register(loaded.record)
        return loaded

    def table() -> VectorTable:
        record = encoder.load().record
        return stores.vectors.images(record.vectors, asdict(record))

    return _Model(encoder, present, VectorBuffer(load, batch_size), table)


def _transform(encoder: LazyEncoder) -> Callable[[Image.Image], torch.Tensor]:
    return lambda image: encoder.load().preprocess(image)
