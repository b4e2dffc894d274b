"""Forgetting one person of many against copying the store, and against the limit of 30 seconds."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest

from facestore import Store
from facestore.importing.targets import imported_encoder
from facestore.model_names import ModelName
from facestore.recorded_vectors import add_vectors
from facestore.records import EmbeddingBatch

IMAGES, WIDTH, PROMPTS = 100_000, 512, 16
# Seconds, on two cores.
LIMIT = 30


def fill(store, n):
    """Give a store images, labels, similarities and vectors of two encoders."""
    keys = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(n)]
    store.migrate()
    with store.catalog.database.writing() as con:
        con.execute("insert into datasets values ('d', '/nowhere', 'folder', '2026-01-01')")
        con.execute(
            f"insert into images select sha256(i::varchar), hash(i), 64, 64, 'PNG', 1000 from range({n}) as t(i)"
        )
        con.execute(
            f"insert into samples select i + 1, 'd', format('p/{{:07}}.png', i), sha256(i::varchar), 'train', null, null, null from range({n}) as t(i)"
        )
        con.execute(
            "insert into labels select sample_id, 'gender', if(sample_id % 2 = 0, 'Male', 'Female'), null from samples"
        )
    rng = np.random.default_rng(0)
    for name in ("RN50,one", "RN50,two"):
        encoder = imported_encoder(store, ModelName.parse(name), dim=WIDTH)
        table = store.vectors.images(encoder.vectors, {**vars(encoder.record)})
        for start in range(0, n, 8192):
            part = keys[start : start + 8192]
            vectors = rng.normal(size=(len(part), WIDTH)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            add_vectors(store, encoder, table, EmbeddingBatch(tuple(part), vectors))
        table.compact()
        with store.catalog.database.writing() as con:
            con.execute(
                f"insert into similarities select {encoder.encoder_id}, prompt_id, sample_id, 0.25 "
                f"from (from prompts order by prompt_id limit {PROMPTS}), samples order by all"
            )


@pytest.fixture
def full(tmp_path, sized):
    with Store.open(tmp_path / "store") as store:
        fill(store, sized(IMAGES, 300))
        yield store


def test_forgetting_against_a_copy_of_the_store(benchmark, full, record, tmp_path, sized):
    n = sized(IMAGES, 300)
    started = time.perf_counter()
    full.snapshot(tmp_path / "copy", vectors=True)
    copying = time.perf_counter() - started
    numbers = iter(range(17, n, 101))
    summaries = []

    def forget():
        started = time.perf_counter()
        summaries.append(full.forget([f"p/{next(numbers):07}.png"]))
        return time.perf_counter() - started

    seconds = benchmark.pedantic(forget, rounds=2)
    assert all(each.n_images == 1 and each.freed.n_vectors == 2 for each in summaries)
    # both write every byte once; forgetting compares checksums before, and computes them anew
    record(**{"times a copy of the store": seconds / copying, "limit in seconds": LIMIT})
    assert seconds < LIMIT
