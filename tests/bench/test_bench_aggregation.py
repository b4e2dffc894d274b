"""Aggregation in SQL against the same in NumPy and in a loop over dictionaries, in one run.

The ratios are in `extra_info`; nothing here fails for being slow, only for being wrong.
"""

from __future__ import annotations

import time

import numpy as np
import pytest

from facestore.catalog.database import Database
from facestore.catalog.predictions import Predictions
from facestore.records import ClassifierRecord

FAIRFACE, N_PROMPTS, K = 10_954, 64, 11  # FairFace's validation set
HALF = N_PROMPTS // 2


class OpenDatabase(Database):
    """A database that is open already: the time of opening a file is not asked for here."""

    def __init__(self, con):
        self._writer = con


def female_by_numpy(cosines):
    """Return for every k and sample whether Female wins the sum of the k largest cosines."""
    male, female = (
        np.cumsum(np.sort(half, axis=0)[::-1], axis=0, dtype=np.float64)
        for half in (cosines[:HALF], cosines[HALF:])
    )
    return female > male


def topk_by_numpy(cosines, k):
    male, female = (
        np.sort(half, axis=0)[::-1][:k].sum(axis=0, dtype=np.float64)
        for half in (cosines[:HALF], cosines[HALF:])
    )
    return female > male


def as_dictionaries(cosines):
    names = [f"p{i}" for i in range(N_PROMPTS)]
    return [dict(zip(names, column, strict=True)) for column in cosines.T.tolist()]


def topk_by_loop(similarities, k):
    """Do the same as one writes it by hand, sample by sample."""
    wins = []
    for scores in similarities:
        lists = {"Male": [], "Female": []}
        for prompt, score in scores.items():
            lists["Male" if int(prompt[1:]) < HALF else "Female"].append(score)
        sums = {name: sum(sorted(each, reverse=True)[:k]) for name, each in lists.items()}
        wins.append(sums["Female"] > sums["Male"])
    return np.asarray(wins)


def test_predict_top_11_of_fairface(benchmark, con, scores, record, timed, sized):
    cosines, _ = scores(sized(FAIRFACE, 300))
    predictions = Predictions(OpenDatabase(con))
    record_of = ClassifierRecord("c", "zero_shot", "gender", 1, "s", "topk", K)

    def fresh():
        con.execute("delete from predictions")

    benchmark.pedantic(
        lambda: predictions.predict_zero_shot(record_of, None), setup=fresh, rounds=7
    )
    query = "select predicted = 'Female' as wins from predictions order by sample_id"
    found = con.execute(query).fetchnumpy()["wins"]
    expected, numpy_seconds = timed(lambda: topk_by_numpy(cosines, K))
    similarities = as_dictionaries(cosines)
    by_loop, loop_seconds = timed(lambda: topk_by_loop(similarities, K))
    assert np.array_equal(found, expected)
    assert np.array_equal(found, by_loop)
    record(
        times_numpy=lambda seconds: seconds / numpy_seconds,
        times_faster_than_loop=lambda seconds: loop_seconds / seconds,
    )


@pytest.mark.parametrize(
    ("full", "small"), [(FAIRFACE, 300), (300_000, 1_000)], ids=["fairface", "300000"]
)
def test_sweep(benchmark, con, scores, record, timed, sized, full, small, tmp_path):
    n = sized(full, small)
    cosines, is_female = scores(n)
    con.execute("set temp_directory = $folder", {"folder": str(tmp_path / "spill")})
    query = "select n_samples, accuracy from k_sweep order by k"
    found = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=3, warmup_rounds=1)

    def by_numpy():
        return (female_by_numpy(cosines) == is_female).mean(axis=1).tolist()

    expected, numpy_seconds = timed(by_numpy)
    assert found == [(n, pytest.approx(accuracy, abs=1e-12)) for accuracy in expected]
    con.execute("set memory_limit = '2GB'")
    within_2gb, seconds_2gb = timed(lambda: con.execute(query).fetchall(), rounds=2)
    assert within_2gb == found
    record(times_numpy=lambda seconds: seconds / numpy_seconds, seconds_within_2gb=seconds_2gb)
    if n <= FAIRFACE:
        similarities = as_dictionaries(cosines)
        started = time.perf_counter()
        by_loop = [topk_by_loop(similarities, k) for k in range(1, HALF + 1)]
        loop_seconds = time.perf_counter() - started
        assert np.array_equal(by_loop, female_by_numpy(cosines))
        record(times_faster_than_loop=lambda seconds: loop_seconds / seconds)
