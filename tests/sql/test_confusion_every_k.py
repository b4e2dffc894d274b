"""winners_every_k and confusion_every_k: what zero_shot_topk(k) says, for every k at once."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

# More than eight prompts, so that a class has several rows of eight ks, and unequal numbers.
N_PROMPTS = {"White": 19, "Black": 8, "Indian": 9, "Middle Eastern": 1}
N = 40


@pytest.fixture
def scored(con):
    """Fill a catalogue with cosines in 1/64, of which many sums tie."""
    rng = np.random.default_rng(4)
    named = rng.permutation([name for name, n in N_PROMPTS.items() for _ in range(n)]).tolist()
    pairs = list(enumerate(named, 1))
    truth = rng.choice(list(N_PROMPTS), N).tolist()
    fill(con, encoders=[encoder()], samples=samples(N), labels=labels("race", truth))
    fill(con, **prompt_set("s", "race", pairs))
    cosines = {i: (rng.integers(-2, 3, N) / 64).tolist() for i, _ in pairs}
    load(con, similarities=similarities(cosines))
    return con


def test_every_winner_is_that_of_topk(scored):
    columns = ", ".join(f"winner_{j}" for j in range(1, 9))
    rows = read(scored, "winners_every_k", f"sample_id, k_before, {columns}")
    assert len(rows) == 3 * N
    classes = dict(scored.sql("select place, class from class_prompts").fetchall())
    said = {
        k: dict(read(scored, f"zero_shot_topk({k})", "sample_id, predicted")) for k in range(1, 25)
    }
    for sample_id, k_before, *places in rows:
        for j, place in enumerate(places, 1):
            assert classes[place] == said[k_before + j][sample_id]


def test_the_counts_are_those_of_topk_for_every_k(scored):
    found = read(scored, "confusion_every_k", "k, is_first_half, label, predicted, n_samples")
    assert {row[0] for row in found} == set(range(1, 20))
    truth = dict(scored.sql("select sample_id, label from labels").fetchall())
    first = {i: hashlib.md5(f"faces/{i}.jpg".encode()).hexdigest() < "8" for i in range(1, N + 1)}
    expected = {}
    for k in range(1, 20):
        for sample_id, said in read(scored, f"zero_shot_topk({k})", "sample_id, predicted"):
            key = (k, first[sample_id], truth[sample_id], said)
            expected[key] = expected.get(key, 0) + 1
    assert {row[:4]: row[4] for row in found} == expected


def test_no_row_has_a_k_above_the_largest_number_of_prompts(con):
    fill(con, encoders=[encoder()], samples=samples(1), labels=labels("gender", ["Male"]))
    fill(con, **prompt_set("s", "gender", [(1, "Male"), (2, "Female"), (3, "Female")]))
    fill(con, similarities=similarities({1: [0.5], 2: [0.25], 3: [0.375]}))
    assert read(con, "confusion_every_k", "k, label, predicted, n_samples") == [
        (1, "Male", "Male", 1),
        (2, "Male", "Female", 1),
    ]


def test_places_follow_the_ordinals_within_a_set_and_an_attribute(con):
    fill(con, **prompt_set("s", "race", [(1, "Middle Eastern"), (2, "White"), (3, "Indian")]))
    fill(con, **prompt_set("t", "race", [(4, "Indian"), (5, "Indian"), (6, "East Asian")]))
    assert read(con, "class_prompts", "prompt_set, place, class, n_prompts, k_max") == [
        ("s", 1, "White", 1, 1),
        ("s", 2, "Indian", 1, 1),
        ("s", 3, "Middle Eastern", 1, 1),
        ("t", 1, "Indian", 2, 2),
        ("t", 2, "East Asian", 1, 2),
    ]
