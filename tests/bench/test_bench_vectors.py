"""Vectors added batch by batch against LanceDB's plain append, in CPU seconds of one run.

At a size and at ten times it, a million; an addition must not cost more for what is there already.
"""

from __future__ import annotations

import hashlib
import resource
from statistics import median

import lancedb
import numpy as np
import pyarrow as pa
import pytest

from facestore.records import EmbeddingBatch
from facestore.unit_rows import unit_rows
from facestore.vectors import VectorStore

ROWS = 4096
N_GOT = 1000
SCHEMA = [pa.field("image_id", pa.string(), nullable=False)]


def cpu(function):
    """Return what a function returns, and the seconds of CPU that it took."""
    start = resource.getrusage(resource.RUSAGE_SELF)
    result = function()
    end = resource.getrusage(resource.RUSAGE_SELF)
    return result, end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime


def key_of(row):
    return hashlib.sha256(str(row).encode()).hexdigest()


def batches(n, rows, width):
    rng = np.random.default_rng(0)
    for start in range(0, n * rows, rows):
        vectors = unit_rows(rng.standard_normal((rows, width), dtype=np.float32))
        yield EmbeddingBatch(tuple(key_of(row) for row in range(start, start + rows)), vectors)


def appended(table, batch, width):
    """Append as who cares for neither keys nor the disk."""
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(batch.vectors.ravel()), width)
    table.add(pa.table([pa.array(batch.keys, pa.string()), vectors], schema=table.schema))


@pytest.mark.parametrize("times", [1, 10])
def test_vectors_added_in_batches(benchmark, tmp_path, sized, record, times):
    n, rows, width = sized(24, 2) * times, sized(ROWS, 64), sized(512, 16)
    vector = pa.field("vector", pa.list_(pa.float32(), width))
    plain = lancedb.connect(tmp_path / "plain").create_table(
        "t", schema=pa.schema([*SCHEMA, vector])
    )
    table = VectorStore(str(tmp_path / "store" / "vectors")).images("m")
    of_plain, of_ours = [], []

    def run():
        for batch in batches(n, rows, width):
            of_plain.append(cpu(lambda batch=batch: appended(plain, batch, width))[1])
            of_ours.append(cpu(lambda batch=batch: table.add(batch))[1])
        of_ours.append(cpu(table.tidy)[1])

    benchmark.pedantic(run, rounds=1)
    part = max(1, n // 10)
    fresh = VectorStore(str(tmp_path / "store" / "vectors")).images("m")
    wanted = [key_of(row) for row in np.random.default_rng(1).integers(0, n * rows, N_GOT)]
    found, seconds_to_get = cpu(lambda: fresh.get(wanted))
    again, seconds_to_get_again = cpu(lambda: fresh.get(wanted))
    assert found.keys() == again.keys() == set(wanted)
    assert table.count() == plain.count_rows() == n * rows
    sizes, bytes_a_key = table.sizes(), fresh.known().n_bytes / (n * rows)
    assert bytes_a_key <= 16
    assert sizes.n_disk <= 1.1 * sizes.n_live or sized(False, True)
    record(
        rows=n * rows,
        last_in_first_batches=median(of_ours[-part - 1 : -1]) / median(of_ours[:part]),
        times_plain_append=sum(of_ours) / sum(of_plain),
        plain_ms_a_batch=1000 * sum(of_plain) / n,
        disk_in_live_bytes=sizes.n_disk / sizes.n_live,
        bytes_a_key=bytes_a_key,
        seconds_to_get_1000=seconds_to_get,
        seconds_to_get_1000_again=seconds_to_get_again,
    )
