from __future__ import annotations

import hashlib

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import encoder, fill, labels, load, prompt_set, samples, similarities

N_PROMPTS = 4  # of each gender


def scored(con, n, seed, **options):
    """Fill a catalogue with noisy similarities, of which some k is best by chance."""
    rng = np.random.default_rng(seed)
    true = rng.choice(["Male", "Female"], n)
    pairs = [(i, "Male" if i <= N_PROMPTS else "Female") for i in range(1, 2 * N_PROMPTS + 1)]
    cosines = {
        i: (rng.integers(-8, 9, n) + 2 * (true == gender)).astype(float) / 64 for i, gender in pairs
    }
    fill(con, samples=samples(n, **options), labels=labels("gender", true.tolist()))
    fill(con, encoders=[encoder()], **prompt_set("s", "gender", pairs))
    load(con, similarities=similarities({i: values.tolist() for i, values in cosines.items()}))
    right = {}
    for k in range(1, N_PROMPTS + 1):
        halves = [
            np.sort(np.stack([cosines[i] for i, g in pairs if g == name]), axis=0)[-k:].sum(axis=0)
            for name in ("Male", "Female")
        ]
        said = np.where(halves[0] >= halves[1], "Male", "Female")
        right[k] = said == true
    return right


def best(right, chosen):
    """Return the smallest k with the most right among the chosen samples."""
    return max(right, key=lambda k: (right[k][chosen].sum(), -k))


@pytest.mark.parametrize("seed", range(6))
def test_each_half_is_judged_with_the_k_of_the_other(con, seed):
    n = 50
    right = scored(con, n, seed)
    digests = [hashlib.md5(f"faces/{i}.jpg".encode()).hexdigest() for i in range(1, n + 1)]
    first = np.asarray([digest[0] < "8" for digest in digests])
    k = best(right, np.ones(n, bool))
    k_first, k_second = best(right, first), best(right, ~first)
    n_held_out = right[k_second][first].sum() + right[k_first][~first].sum()
    query = (
        "select n_samples, k, accuracy, k_of_first_half, k_of_second_half, held_out_accuracy, "
        "ci_low, ci_high from best_k"
    )
    (row,) = con.sql(query).fetchall()
    assert row[:6] == (n, k, right[k].mean(), k_first, k_second, n_held_out / n)
    assert row[6:] == pytest.approx(proportion_confint(n_held_out, n, method="wilson"), abs=1e-9)


def test_the_best_of_a_sweep_is_never_worse_than_held_out(con):
    scored(con, 40, 1)
    assert con.sql("select accuracy >= held_out_accuracy from best_k").fetchall() == [(True,)]
    agrees = (
        "select b.accuracy = max(s.accuracy) from best_k as b, k_sweep as s group by b.accuracy"
    )
    assert con.sql(agrees).fetchall() == [(True,)]


def test_a_half_without_samples_leaves_nothing_to_hold_out(con):
    right = scored(con, 1, 3, split=None)
    row = con.sql("select n_samples, k, accuracy, held_out_accuracy, ci_low from best_k").fetchall()
    k = best(right, np.ones(1, bool))
    assert row == [(1, k, float(right[k][0]), None, None)]


@pytest.mark.parametrize("seed", range(5))
def test_splits_have_a_best_k_each_and_no_split_is_its_own(con, seed):
    n = 60
    right = scored(con, n, seed)
    con.execute("update samples set split = null where sample_id % 3 = 0")
    ids = np.arange(1, n + 1)
    first = np.asarray([hashlib.md5(f"faces/{i}.jpg".encode()).hexdigest() < "8" for i in ids])
    found = con.sql("select split, n_samples, k, held_out_accuracy from best_k").fetchall()
    expected = []
    for split, chosen in ((None, ids % 3 == 0), ("val", ids % 3 != 0)):
        one, other = chosen & first, chosen & ~first
        n_right = right[best(right, other)][one].sum() + right[best(right, one)][other].sum()
        expected.append((split, chosen.sum(), best(right, chosen), n_right / chosen.sum()))
    assert sorted(found, key=lambda row: row[0] is not None) == expected
