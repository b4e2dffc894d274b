"""Audits of the LanceDB half of a store, and of the folders that files came from.

The vectors are streamed once. Of keys only a 64-bit hash is kept, so that millions of them fit.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from facestore.catalog.audit_files import Finding, Status
from facestore.catalog.encoders import StoredEncoder
from facestore.images.given import given_sources
from facestore.images.places import is_there
from facestore.stores import Stores
from facestore.unit_rows import UNIT_TOLERANCE
from facestore.vectors import VectorTable

Hashes = npt.NDArray[np.int64]

_AGAIN = "delete its folder in vectors/ and ingest with `models=`, or import the vectors, again"


@dataclass
class _Tally:
    """Bad rows of one audit: all are counted, the first are kept."""

    name: str
    title: str
    columns: tuple[str, ...]
    todo: str
    is_note: bool = False
    n_bad: int = 0
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, rows: Iterable[tuple[Any, ...]], n_examples: int) -> None:
        for row in rows:
            self.n_bad += 1
            if len(self.rows) < n_examples:
                self.rows.append(row)

    def finding(self, seconds: float) -> Finding:
        bad = Status.note if self.is_note else Status.failed
        return Finding(
            name=self.name,
            about=("datasets",) if self.name == "datasets_have_folders" else ("vectors/",),
            title=self.title,
            status=bad if self.n_bad else Status.ok,
            n_bad=self.n_bad,
            seconds=seconds,
            columns=self.columns,
            rows=tuple(self.rows),
            todo=self.todo,
        )


def _tallies() -> dict[str, _Tally]:
    tallies = [
        _Tally(
            "vectors_fit_their_encoders",
            "the Lance tables of an encoder can be read, have its width, and are there once it "
            "was scored",
            ("table", "problem"),
            _AGAIN,
        ),
        _Tally("vectors_are_unit", "vectors have length 1", ("table", "key", "length"), _AGAIN),
        _Tally(
            "vectors_unique", "a Lance table has a key once", ("table", "key", "n_rows"), _AGAIN
        ),
        _Tally(
            "vectors_have_samples",
            "every image vector belongs to a sample",
            ("table", "key"),
            "nothing has to be done: they are used again if their files come back",
            is_note=True,
        ),
        _Tally(
            "images_have_vectors",
            "an encoder that has vectors of a data set has those of all its readable images",
            ("table", "dataset", "n_samples_without"),
            "ingest the data set again with `models=`, or import the other vectors",
            is_note=True,
        ),
        _Tally(
            "vectors_have_encoders",
            "every Lance table belongs to an encoder",
            ("table",),
            "nothing has to be done: the program does not read these tables",
            is_note=True,
        ),
        _Tally(
            "neighbours_are_current",
            "neighbours were searched among all image vectors of the encoder",
            ("encoder", "n_vectors_then", "n_vectors_now"),
            "run `facestore dedup min_cosine=` again, if pairs with the new images matter",
            is_note=True,
        ),
        _Tally(
            "datasets_have_folders",
            "the folder that a data set was ingested from is there",
            ("dataset", "folder"),
            "nothing has to be done: it is only needed to ingest again",
            is_note=True,
        ),
    ]
    return {tally.name: tally for tally in tallies}


NAMES = tuple(_tallies())


def vector_findings(store: Stores, n_examples: int) -> Iterator[Finding]:
    """Audit the Lance tables of all encoders; the first finding took the time of all.

    Parameters
    ----------
    n_examples
        How many bad rows of each audit are kept.
    """
    started = time.perf_counter()
    tallies = _tallies()
    encoders = store.catalog.encoders.all()
    names = set(store.vectors.names())
    scored = store.catalog.similarities.scored_encoders()
    of_datasets = {
        dataset: _hashes(key for _, key in rows)
        for dataset, rows in groupby(store.catalog.similarities.all_vector_keys(), itemgetter(0))
    }
    for encoder in encoders:
        images = store.vectors.images(encoder.vectors)
        texts = store.vectors.texts(encoder.vectors)
        for table, wanted in ((images, of_datasets), (texts, None)):
            if table.name in names:
                _audit_table(table, encoder, wanted, tallies, n_examples)
            elif encoder.encoder_id in scored:
                row = (table.name, f"it is not there, but {encoder.name!r} was scored with it")
                tallies["vectors_fit_their_encoders"].add([row], n_examples)
    tallies["neighbours_are_current"].add(_searched_before(store, encoders), n_examples)
    known = {f"{each.vectors}.{kind}" for each in encoders for kind in ("images", "texts")}
    tallies["vectors_have_encoders"].add([(name,) for name in sorted(names - known)], n_examples)
    sources = store.catalog.samples.sources()
    # a path of another's choice is not even looked at
    gone = [
        (dataset, sources[dataset][0])
        for dataset, given in given_sources(store.path, sources).items()
        if not is_there(given.source)
    ]
    tallies["datasets_have_folders"].add(gone, n_examples)
    seconds = time.perf_counter() - started
    for tally in tallies.values():
        yield tally.finding(seconds)
        seconds = 0.0


def _searched_before(
    store: Stores, encoders: Iterable[StoredEncoder]
) -> Iterator[tuple[str, int, int]]:
    """Yield the encoders that had other numbers of vectors when neighbours were searched."""
    searched = store.catalog.neighbours.searched()
    for encoder in encoders:
        then = searched.get(encoder.encoder_id)
        try:
            now = store.vectors.images(encoder.vectors).count()
        except (RuntimeError, ValueError, OSError):
            continue  # another audit tells of a table that cannot be read
        if then not in (None, now):
            yield encoder.name, then, now


def _audit_table(
    table: VectorTable,
    encoder: StoredEncoder,
    wanted: Mapping[str, Hashes] | None,
    tallies: dict[str, _Tally],
    n_examples: int,
) -> None:
    fits = tallies["vectors_fit_their_encoders"]
    everywhere = np.concatenate([np.empty(0, np.int64), *(wanted or {}).values()])
    try:
        width = table.width()
        if encoder.record.dim is not None and width != encoder.record.dim:
            problem = f"its vectors have {width} values, {encoder.record.dim} were expected"
            fits.add([(table.name, problem)], n_examples)
        hashes = [np.empty(0, np.int64)]
        for batch in table.batches():
            lengths = np.linalg.norm(batch.vectors.astype(np.float64), axis=1)
            for i in np.flatnonzero(~(np.abs(lengths - 1) < UNIT_TOLERANCE)):
                row = (table.name, batch.keys[i], float(lengths[i]))
                tallies["vectors_are_unit"].add([row], n_examples)
            hashes.append(_hashes(batch.keys))
            if wanted is not None:
                unknown = np.flatnonzero(~np.isin(hashes[-1], everywhere))
                rows = ((table.name, batch.keys[i]) for i in unknown)
                tallies["vectors_have_samples"].add(rows, n_examples)
        found, counts = np.unique(np.concatenate(hashes), return_counts=True)
        tallies["images_have_vectors"].add(_incomplete(table, wanted or {}, found), n_examples)
        repeated = set(found[counts > 1].tolist())
        tallies["vectors_unique"].add(_repeated_keys(table, repeated), n_examples)
    # What LanceDB raises where files are missing or damaged.
    except (RuntimeError, ValueError, OSError) as error:
        problem = f"it cannot be read: {' '.join(str(error).split())[:200]}"
        fits.add([(table.name, problem)], n_examples)


def _incomplete(
    table: VectorTable, wanted: Mapping[str, Hashes], found: Hashes
) -> Iterator[tuple[str, str, int]]:
    """Yield the data sets of which some vectors are there and some are not."""
    for dataset, hashes in wanted.items():
        has = np.isin(hashes, found)
        if has.any() and not has.all():
            yield table.name, dataset, int((~has).sum())


def _repeated_keys(table: VectorTable, repeated: set[int]) -> Iterator[tuple[str, str, int]]:
    """Read a table once more for the names of keys whose hashes occur twice."""
    if not repeated:
        return
    keys = Counter(key for batch in table.batches() for key in batch.keys if hash(key) in repeated)
    for key, n_rows in keys.items():
        if n_rows > 1:
            yield table.name, key, n_rows


def _hashes(keys: Iterable[str]) -> Hashes:
    return np.fromiter((hash(key) for key in keys), dtype=np.int64)
