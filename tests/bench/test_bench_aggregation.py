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

FAIRFACE, K = 10_954, 11  # FairFace's validation set
CLASSES = np.array(["Male", "Female"], dtype=object)


class OpenDatabase(Database):
    """A database that is open already: the time of opening a file is not asked for here."""

    def __init__(self, con):
        self._writer = con


def class_sums(cosines, pool):
    """Return (samples, 2, ...): what `pool` makes of a class's cosines, the largest first."""
    halves = np.split(cosines, 2, axis=1)
    return np.stack([pool(np.sort(half, axis=1)[:, ::-1]) for half in halves], axis=1)


def topk_by_numpy(cosines, k):
    """Return the columns of zero_shot_topk: predicted, score and margin."""
    sums = class_sums(cosines, lambda ranked: ranked[:, :k].sum(axis=1, dtype=np.float64))
    ranked = np.sort(sums, axis=1)
    return CLASSES[sums.argmax(axis=1)], ranked[:, -1], ranked[:, -1] - ranked[:, -2]


def sweep_by_numpy(cosines, is_female):
    """Return accuracy and balanced accuracy for every k, as k_sweep does."""
    sums = class_sums(cosines, lambda ranked: np.cumsum(ranked, axis=1, dtype=np.float64))
    is_right = sums.argmax(axis=1) == is_female[:, None]
    recalls = [is_right[part].mean(axis=0) for part in (is_female, ~is_female)]
    return is_right.mean(axis=0), np.mean(recalls, axis=0)


def as_dictionaries(given):
    """Return what people have in JSON files: for each image its prompts and their scores."""
    return [dict(zip(given.texts, row, strict=True)) for row in given.cosines.tolist()]


def get_gender_from_prompt(prompt):
    return "Female" if "woman" in prompt else "Male"


def topk_by_loop(similarities, k):
    """Do the same as one writes it by hand, image by image."""
    predictions = []
    for sims_dict in similarities:
        gender_dict = {"Male": 0, "Female": 0}
        gender_list = {"Male": [], "Female": []}
        for prompt, sim_score in sims_dict.items():
            gender_list[get_gender_from_prompt(prompt)].append(sim_score)
        for gender in gender_dict:
            scores = sorted(gender_list[gender], reverse=True)
            gender_dict[gender] = sum(scores[:k])
        predictions.append(max(gender_dict, key=gender_dict.get))
    return predictions


def test_predict_top_11_of_fairface(benchmark, con, scores, record, timed, sized):
    given = scores(sized(FAIRFACE, 300))
    predictions = Predictions(OpenDatabase(con))
    record_of = ClassifierRecord("c", "zero_shot", "gender", 1, "s", "topk", K)

    def fresh():
        con.execute("delete from predictions")

    benchmark.pedantic(
        lambda: predictions.predict_zero_shot(record_of, None), setup=fresh, rounds=7
    )
    query = "select predicted, score, margin from predictions order by sample_id"
    found = con.execute(query).fetchnumpy()
    expected, numpy_seconds = timed(lambda: topk_by_numpy(given.cosines, K))
    similarities = as_dictionaries(given)
    by_loop, loop_seconds = timed(lambda: topk_by_loop(similarities, K))
    assert found["predicted"].tolist() == expected[0].tolist() == by_loop
    for name, numbers in zip(("score", "margin"), expected[1:], strict=True):
        assert np.allclose(found[name], numbers, rtol=0, atol=1e-12)
    record(
        times_numpy=lambda seconds: seconds / numpy_seconds,
        times_faster_than_loop=lambda seconds: loop_seconds / seconds,
    )


@pytest.mark.parametrize(
    ("full", "small"), [(FAIRFACE, 300), (300_000, 1_000)], ids=["fairface", "300000"]
)
def test_sweep(benchmark, con, scores, record, timed, sized, full, small, tmp_path):
    n = sized(full, small)
    given = scores(n)
    con.execute("set temp_directory = $folder", {"folder": str(tmp_path / "spill")})
    query = "select n_samples, accuracy, balanced_accuracy from k_sweep order by k"
    found = benchmark.pedantic(lambda: con.execute(query).fetchall(), rounds=3, warmup_rounds=1)
    expected, numpy_seconds = timed(lambda: sweep_by_numpy(given.cosines, given.is_female))
    assert found == [
        (n, *(pytest.approx(each, abs=1e-12) for each in row))
        for row in zip(*expected, strict=True)
    ]
    con.execute("set memory_limit = '2GB'")
    within_2gb, seconds_2gb = timed(lambda: con.execute(query).fetchall(), rounds=2)
    assert within_2gb == found
    record(times_numpy=lambda seconds: seconds / numpy_seconds, seconds_within_2gb=seconds_2gb)
    if n <= FAIRFACE:
        similarities = as_dictionaries(given)
        started = time.perf_counter()
        by_loop = [topk_by_loop(similarities, k) for k in range(1, len(given.texts) // 2 + 1)]
        loop_seconds = time.perf_counter() - started
        labels = CLASSES[given.is_female.astype(int)]
        shares = [float((np.array(said) == labels).mean()) for said in by_loop]
        assert [row[1] for row in found] == pytest.approx(shares, abs=1e-12)
        record(times_faster_than_loop=lambda seconds: loop_seconds / seconds)
