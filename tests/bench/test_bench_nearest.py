"""Pairs and nearest images against NumPy on vectors in memory, in one run.

Both compare exactly: neither side has an index.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from facestore.neighbours.near import near, search
from facestore.neighbours.neighbours import find_neighbours
from facestore.records import EmbeddingBatch, EncoderRecord
from facestore.stores import Stores
from facestore.unit_rows import unit_rows

K = 10
MIN_COSINE = 0.95
TEXT = "a photo of a face"


def some_vectors(n, width):
    """Return unit vectors of which every tenth is near to the one before it."""
    vectors = np.random.default_rng(0).normal(size=(n, width)).astype(np.float32)
    vectors[1::10] = vectors[::10] + 0.2 * vectors[1::10]
    return unit_rows(vectors)


def make_store(folder, vectors) -> Stores:
    """Make a store of images that only have vectors, in one fragment each 10,000."""
    stores = Stores(folder)
    record = EncoderRecord("imported", "m", "x", None, dim=vectors.shape[1])
    encoder = stores.catalog.encoders.register(record)
    table = stores.vectors.images(encoder.vectors, asdict(record))
    for start in range(0, len(vectors), 10_000):
        part = vectors[start : start + 10_000]
        keys = tuple(f"sample:d/{i}.jpg" for i in range(start, start + len(part)))
        table.add(EmbeddingBatch(keys, part))
    table.compact()
    stores.vectors.texts(encoder.vectors, asdict(record)).add(EmbeddingBatch((TEXT,), vectors[7:8]))
    with stores.catalog.transaction() as con:
        con.execute("insert into datasets values ('d', null, 'import', now())")
        con.execute(
            "insert into samples (sample_id, dataset, path) "
            f"select i + 1, 'd', i || '.jpg' from range({len(vectors)}) as t (i)"
        )
        con.execute("insert into labels select sample_id, 'gender', 'Male', null from samples")
    return stores


def numpy_pairs(vectors, min_cosine, rows=2048):
    """Do by hand what `find_neighbours` does: a block of rows against all rows from there on."""
    first, second = [], []
    for start in range(0, len(vectors), rows):
        cosines = vectors[start : start + rows] @ vectors[start:].T
        i, j = np.nonzero(np.triu(cosines >= min_cosine, 1))
        first.append(i + start)
        second.append(j + start)
    return np.concatenate(first), np.concatenate(second)


def test_pairs_above_a_cosine(benchmark, tmp_path, sized, record, timed):
    vectors = some_vectors(sized(20_000, 3_000), sized(512, 64))
    stores = make_store(tmp_path, vectors)
    summary = benchmark.pedantic(find_neighbours, (stores, MIN_COSINE), rounds=3)
    (first, _), numpy_seconds = timed(lambda: numpy_pairs(vectors, MIN_COSINE))
    assert summary.n_pairs == len(first) >= len(vectors) // 10
    record(times_numpy=lambda seconds: seconds / numpy_seconds)


@pytest.mark.parametrize("verb", [near, search], ids=["near", "search"])
def test_nearest_ten(benchmark, tmp_path, sized, record, timed, verb):
    vectors = some_vectors(sized(100_000, 3_000), sized(768, 64))
    stores = make_store(tmp_path, vectors)
    given = "d/7.jpg" if verb is near else TEXT
    hits = benchmark(lambda: verb(stores, given, k=K))

    def by_numpy():
        cosines = vectors @ vectors[7]
        best = np.argpartition(cosines, -K - 1)[-K - 1 :]
        return best[np.argsort(-cosines[best])]

    best, numpy_seconds = timed(by_numpy, 9)
    assert best[0] == 7
    wanted = best[1:] if verb is near else best[:K]
    assert [hit.path for hit in hits] == [f"{i}.jpg" for i in wanted]
    record(times_numpy=lambda seconds: seconds / numpy_seconds)
