"""The running of an ingest: threads decode, this one encodes, one more writes.

Vectors are written every few seconds, so that a killed run loses little; the catalogue seldom,
because nobody can open the DuckDB file while it is written. A vector whose sample was not written
yet is found again by the next run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from facestore.catalog.encoders import StoredEncoder
from facestore.catalog.refusals import Refused
from facestore.catalog.sample_rows import SampleChanges
from facestore.encoders.encoder import Encoder, LazyEncoder
from facestore.ingest.chunk import Chunk
from facestore.ingest.embedding import (
    ReadImage,
    ReadRequest,
    VectorBuffer,
    map_in_threads,
    read_image,
)
from facestore.ingest.encoder_run import EncoderRun
from facestore.ingest.known import KnownImages
from facestore.ingest.plan import IngestPlan
from facestore.recorded_vectors import VectorRecord, check_table
from facestore.records import FileEntry
from facestore.stopping import uninterrupted
from facestore.stopwatch import Stopwatch
from facestore.stores import Stores

if TYPE_CHECKING:
    from facestore.vector_table import VectorTable

# Vectors are written when there are so many, or this time has passed.
_VECTOR_ROWS = 4096
_VECTOR_SECONDS = 5.0
# So are samples.
_SAMPLE_ROWS = 65_536
_SAMPLE_SECONDS = 60.0


@dataclass(frozen=True)
class RunResult:
    """What a run changed.

    Attributes
    ----------
    n_encoded
        Encoder name -> vectors made.
    errors
        (path, reason) of the files that are no readable images.
    refused
        Paths of files that were forgotten here, and are passed over.
    """

    changes: SampleChanges
    n_images_new: int
    n_encoded: dict[str, int]
    errors: tuple[tuple[str, str], ...]
    refused: tuple[str, ...] = ()


class IngestRun:
    """One ingest under way.

    Parameters
    ----------
    plan
        What is to be read.
    encoders
        The models to encode with.
    batch_size, workers
        Images a forward pass; threads that read and decode, 0: all is done in this thread.
    watch
        Takes the time of each stage.
    again
        Whether what was forgotten here is taken in again.
    """

    def __init__(
        self,
        store: Stores,
        plan: IngestPlan,
        encoders: Sequence[LazyEncoder],
        *,
        batch_size: int,
        workers: int,
        watch: Stopwatch,
        again: bool = False,
    ) -> None:
        self._store, self._plan, self._watch = store, plan, watch
        self._workers, self._window = workers, 2 * batch_size + workers
        self._writer = ThreadPoolExecutor(1, "facestore-writer") if workers > 0 else None
        self._written: Future[None] | None = None
        self._known_images = KnownImages(store.catalog.samples)
        self._models = [self._model(encoder, batch_size) for encoder in encoders]
        self._changes, self._chunk = SampleChanges(), Chunk()
        self._errors: list[tuple[str, str]] = []
        self._refused = Refused() if again else store.catalog.refusals.load()
        self._again, self._passed_over = again, list[str]()
        self._misjudged: list[FileEntry] = []
        self._is_again = False
        self._vectors_at = self._samples_at = time.monotonic()

    def run(self) -> RunResult:
        """Read, encode and write everything; what was written stays, however it ends."""
        try:
            self._read_all(self._plan.entries)
            self._save(rest=True)
            self._wait()
            if self._misjudged:
                self._is_again = True
                self._read_all(self._misjudged)
                self._save(rest=True)
                self._wait()
        except KeyboardInterrupt:
            self._wait()
            self._save(rest=False)
            self._wait()
            raise
        finally:
            if self._writer is not None:
                self._writer.shutdown(cancel_futures=True)
        for model in self._models:
            if model.n_encoded:
                with self._watch.measure("write"):
                    model.table().tidy()
        return self.result()

    def result(self) -> RunResult:
        """Return what was changed so far."""
        return RunResult(
            changes=self._changes,
            n_images_new=self._known_images.n_new,
            n_encoded={model.encoder.name: model.n_encoded for model in self._models},
            errors=tuple(self._errors),
            refused=tuple(self._passed_over),
        )

    def _read_all(self, entries: Sequence[FileEntry]) -> None:
        transforms = [model.transform for model in self._models]
        watch = self._watch
        results = map_in_threads(
            lambda entry: read_image(entry, self._wanted, transforms, watch),
            entries,
            self._workers,
            self._window,
        )
        with (
            closing(results),
            self._store.progress.task("Ingesting", len(entries)) as task,
        ):
            while True:
                # without threads this is the reading itself, whose time is taken where it is done
                with watch.measure("waiting for images" if self._workers else "in this thread"):
                    result = next(results, None)
                if result is None:
                    return
                self._take(result)
                task.advance()

    def _wanted(self, image_id: str) -> ReadRequest:
        if image_id not in self._known_images and self._refused.has_content(image_id):
            return ReadRequest(record=False)  # its bytes are read, and nothing is made of them
        missing = [i for i, model in enumerate(self._models) if image_id not in model.present]
        return ReadRequest(image_id not in self._known_images, tuple(missing))

    def _take(self, result: ReadImage) -> None:
        """Encode one image, and write what is due."""
        if self._is_refused(result):
            self._passed_over.append(self._plan.path_of[result.entry.name])
            return
        for position, inputs in result.inputs.items():
            model = self._models[position]
            # The same content may have been written since this file was read.
            if result.image_id is not None and result.image_id not in model.present:
                model.buffer.put(result.image_id, inputs)
        if result.error is not None:
            self._errors.append((self._plan.path_of[result.entry.name], result.error))
        result.inputs.clear()
        self._chunk.results.append(result)
        now = time.monotonic()
        rows = len(self._chunk.results)
        if rows >= _SAMPLE_ROWS or now - self._samples_at >= _SAMPLE_SECONDS:
            self._save(rest=True)
        elif (
            max((len(model.buffer) for model in self._models), default=0) >= _VECTOR_ROWS
            or now - self._vectors_at >= _VECTOR_SECONDS
        ):
            self._save_vectors(rest=False)

    def _is_refused(self, result: ReadImage) -> bool:
        """Whether a file was forgotten here; a picture that its sample has is none of these."""
        path = self._plan.path_of[result.entry.name]
        known = self._plan.known.get(path)
        if result.image_id is None:
            return known is None and self._refused.has_name(self._plan.dataset, path)
        is_there = known is not None and known.image_id == result.image_id
        return not is_there and self._refused.has_content(result.image_id)

    def _save_vectors(self, *, rest: bool) -> None:
        for model in self._models:
            if rest:
                model.buffer.encode_rest()
            with uninterrupted():  # what was taken is written
                if (batch := model.buffer.take(rest=False)) is not None:
                    model.present.expect(batch.keys)
                    self._submit(partial(model.write, batch))  # what came before is written
                    model.present.expect_only(batch.keys)
        self._vectors_at = time.monotonic()

    def _save(self, *, rest: bool) -> None:
        """Write the vectors first, then the samples: a vector without a sample is found again."""
        self._save_vectors(rest=rest)
        with uninterrupted():
            chunk, self._chunk = self._chunk, Chunk()
            is_sure = self._is_again or not rest
            self._submit(lambda: self._commit(chunk if is_sure else self._surely_read(chunk)))
        self._samples_at = time.monotonic()

    def _commit(self, chunk: Chunk) -> None:
        """Write samples, their images, labels and vectors' checksums, in the thread that writes."""
        plan = self._plan
        known = self._known_images.sure({each.image_id for each in chunk.images()})
        paths = [plan.path_of[result.entry.name] for result in chunk.results]
        images = [image for image in chunk.images() if image.image_id not in known]
        samples = chunk.samples(plan)
        labels = plan.labels.filter(pl.col("path").is_in(paths))
        behind = [each.record for each in self._models if each.record and each.record.is_behind()]
        if samples.is_empty() and labels.is_empty() and not images and not behind:
            return  # nobody has to let go of the file
        with self._store.catalog.transaction():
            if self._again:
                contents = [each.image_id for each in chunk.results if each.image_id]
                self._store.catalog.refusals.lift(contents, [(plan.dataset, p) for p in paths])
            for record in behind:
                record.save()
            self._changes += self._store.catalog.samples.save(
                plan.dataset,
                source=plan.source,
                layout=plan.layout,
                samples=samples,
                labels=labels,
                images=images,
                new_classes=plan.new_classes if not plan.labels.is_empty() else (),
            )
        self._known_images.add([image.image_id for image in images])

    def _surely_read(self, chunk: Chunk) -> Chunk:
        """Leave out files whose content was taken for known and is not; they are read again."""
        image_ids = sorted({each.image_id for each in chunk.results if each.image_id})
        passed = {*image_ids} - {each.image_id for each in chunk.images()}
        new = passed - self._known_images.sure(passed)
        self._known_images.doubt(new)
        for model in self._models:
            lacking = model.lacking(image_ids)
            model.present.doubt(lacking)
            new |= lacking
        if not new:
            return chunk
        self._misjudged += [each.entry for each in chunk.results if each.image_id in new]
        return Chunk([each for each in chunk.results if each.image_id not in new])

    def _submit(self, work: Callable[[], object]) -> None:
        """Have the thread that writes do something, after what it was given before."""
        self._wait()

        def measured() -> None:
            with self._watch.measure("write"):
                work()

        if self._writer is None:
            measured()
        else:
            self._written = self._writer.submit(measured)

    def _wait(self) -> None:
        """Wait until all is written; raise what went wrong there."""
        if self._written is not None:
            with self._watch.measure("waiting for the store"):
                self._written.result()
            self._written = None

    def _model(self, encoder: LazyEncoder, batch_size: int) -> EncoderRun:
        """Prepare an encoder: it is loaded, and checked, only if there is work for it."""
        store = self._store
        known = {each.name: each for each in store.catalog.encoders.all()}.get(encoder.name)
        images = None
        if known:
            images = store.vectors.images(known.vectors)
            images.mend()
            images.known()
        loaded: list[Encoder] = []

        def load() -> Encoder:
            if not loaded:
                with self._watch.measure("load model"):
                    model = encoder.load()
                    # Two threads must not open the DuckDB file at once.
                    self._submit(lambda: recorded(store.catalog.encoders.register(model.record)))
                    self._wait()
                loaded.append(model)
            return loaded[0]

        def table() -> VectorTable:
            record = encoder.load().record
            return store.vectors.images(record.vectors, asdict(record))

        made = EncoderRun(encoder, VectorBuffer(load, batch_size, self._watch), table, images)

        def recorded(stored: StoredEncoder) -> None:
            """Look at the table of the encoder before anything is added to it."""
            if made.record is None:
                check_table(store, stored, "images", may_lack=True)
                made.record = VectorRecord(store, stored, "images")
                made.record.begin()

        if known:
            recorded(known)
        return made
