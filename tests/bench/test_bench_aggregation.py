"""Aggregation in SQL against the same in NumPy and in a loop over dictionaries, in one run.

The ratios are in `extra_info`; nothing here fails for being slow, only for being wrong.
"""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pytest

N_SAMPLES, N_PROMPTS, K = 10_954, 64, 11


@pytest.fixture
def scores(con):
    """Fill a catalogue with as many similarities as FairFace's validation set has."""
    cosines = np.random.default_rng(0).normal(0.2, 0.03, (N_PROMPTS, N_SAMPLES)).astype(np.float32)
    block = pa.table(
        {
            "prompt_id": np.repeat(np.arange(N_PROMPTS, dtype=np.int32), N_SAMPLES),
            "sample_id": np.tile(np.arange(N_SAMPLES, dtype=np.int32), N_PROMPTS),
            "cosine": cosines.ravel(),
        }
    )
    con.register("block", block)
    con.execute("insert into similarities select 1, * from block")
    con.execute("insert into prompts select i, 'p' || i from range(64) as t (i)")
    con.execute(
        "insert into prompt_classes select 's', i, 'gender', if(i < 32, 'Male', 'Female') "
        "from range(64) as t (i)"
    )
    return con, cosines


def topk_numpy(cosines):
    """Return for each sample whether Female wins the sum of the k largest cosines."""
    halves = [np.sort(half, axis=0)[::-1][:K].sum(axis=0, dtype=np.float64) for half in
              (cosines[:32], cosines[32:])]  # fmt: skip
    return halves[1] > halves[0]


def topk_loop(cosines):
    """Do the same as one writes it by hand, sample by sample."""
    similarities = [
        {f"p{prompt}": float(cosines[prompt, sample]) for prompt in range(N_PROMPTS)}
        for sample in range(N_SAMPLES)
    ]
    started = time.perf_counter()
    wins = []
    for scores in similarities:
        lists = {"Male": [], "Female": []}
        for prompt, score in scores.items():
            lists["Male" if int(prompt[1:]) < 32 else "Female"].append(score)
        sums = {name: sum(sorted(each, reverse=True)[:K]) for name, each in lists.items()}
        wins.append(sums["Female"] > sums["Male"])
    return np.asarray(wins), time.perf_counter() - started


def test_topk_of_fairface(benchmark, scores):
    con, cosines = scores
    query = f"select predicted = 'Female' from zero_shot_topk({K}) order by sample_id"
    found = benchmark(lambda: np.asarray(con.execute(query).fetchall())[:, 0])
    started = time.perf_counter()
    expected = topk_numpy(cosines)
    numpy_seconds = time.perf_counter() - started
    by_loop, loop_seconds = topk_loop(cosines)
    assert np.array_equal(found, expected)
    assert np.array_equal(found, by_loop)
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        benchmark.extra_info["times_numpy"] = round(seconds / numpy_seconds, 2)
        benchmark.extra_info["times_faster_than_loop"] = round(loop_seconds / seconds, 2)
