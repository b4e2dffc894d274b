"""Stores of names with clustered vectors, many enough for an index."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from facestore import Store
from facestore.catalog.counts import uncount_datasets
from facestore.recorded_vectors import add_vectors
from facestore.records import EmbeddingBatch, EncoderRecord
from facestore.unit_rows import unit_rows

WIDTH = 64
MODEL = "x m imported"


class Clusters:
    """Draws unit vectors around centres, with a direction that all have in common, as CLIP's have.

    Parameters
    ----------
    seed
        Of the centres: another one is another kind of pictures.
    """

    def __init__(self, seed=0, n_clusters=100, width=WIDTH):
        rng = np.random.default_rng(seed)
        self._common = rng.standard_normal(width).astype(np.float32)
        self._centres = rng.standard_normal((n_clusters, width)).astype(np.float32)

    def draw(self, n, seed):
        rng = np.random.default_rng(seed)
        centres = self._centres[rng.integers(0, len(self._centres), n)]
        noise = rng.standard_normal((n, self._common.size)).astype(np.float32)
        return unit_rows(self._common + centres + 0.3 * noise)


def of_width(width):
    """Return the encoder whose vectors have so many values."""
    return EncoderRecord("imported", "x", "m", None, dim=width)


def add_images(store: Store, dataset, vectors, first=0):
    """Add samples of a data set, called `0.jpg`, `1.jpg` ..., with their vectors."""
    record = of_width(vectors.shape[1])
    encoder = store.catalog.encoders.register(record)
    numbers = range(first, first + len(vectors))
    with store.catalog.transaction() as con:
        uncount_datasets(con, [dataset])
        con.execute("insert or ignore into datasets values (?, null, 'import', now())", [dataset])
        con.execute(
            "insert into samples (sample_id, dataset, path) "
            "select (select coalesce(max(sample_id), 0) from samples) + 1 + i, ?, (i + ?) || '.jpg' "
            "from range(?) as t (i)",
            [dataset, first, len(vectors)],
        )
        con.execute(
            "insert into labels select sample_id, 'gender', 'Male', null from samples "
            "where sample_id not in (select sample_id from labels)"
        )
    table = store.vectors.images(encoder.vectors, asdict(record))
    keys = tuple(f"sample:{dataset}/{i}.jpg" for i in numbers)
    add_vectors(store, encoder, table, EmbeddingBatch(keys, vectors))


def add_texts(store: Store, vectors):
    """Add texts `text 0`, `text 1` ... with their vectors."""
    record = of_width(vectors.shape[1])
    encoder = store.catalog.encoders.register(record)
    table = store.vectors.texts(encoder.vectors, asdict(record))
    texts = tuple(f"text {i}" for i in range(len(vectors)))
    add_vectors(store, encoder, table, EmbeddingBatch(texts, vectors), "texts")
