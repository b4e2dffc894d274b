"""The gap between the best and the worst group, and its interval; leakage by split."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep
from support.rows import classifier, fill, labels, load, predictions, read, samples

RACES = ["White", "Black", "Indian", "East Asian", "Middle Eastern"]
COLUMNS = "n_groups, best_group, accuracy_best, worst_group, accuracy_worst, gap"


def fill_groups(con, *right: tuple[int, int]) -> None:
    """Fill a group of each (right, all), all men by their labels."""
    races, said = [], []
    for race, (n_right, n) in zip(RACES, right, strict=False):
        races += [race] * n
        said += ["Male"] * n_right + ["Female"] * (n - n_right)
    load(con, samples=samples(len(races)), predictions=predictions(said))
    load(con, labels=labels("race", races) + labels("gender", ["Male"] * len(races)))
    fill(con, classifiers=[classifier()])


@pytest.mark.parametrize("n_pairs", [1, 2, 3, 21, 153, 10_000])
def test_the_quantile_is_that_of_scipy(con, n_pairs):
    (found,) = con.execute("select z_of_pairs(?)", [n_pairs]).fetchone()
    assert found == pytest.approx(norm.isf(0.025 / n_pairs), rel=2e-9)


@pytest.mark.parametrize(
    "right",
    [
        [(90, 100), (70, 80)],
        [(90, 100), (50, 80), (7, 9)],
        [(5, 5), (0, 3), (1, 2), (300, 400), (33, 50)],
    ],
)
def test_the_interval_is_newcombe_s_for_all_pairs_at_once(con, right):
    fill_groups(con, *right)
    (found,) = read(con, "accuracy_gaps", f"{COLUMNS}, ci_low, ci_high", "group_attribute = 'race'")
    shares = sorted((n_right / n, race) for race, (n_right, n) in zip(RACES, right, strict=False))
    (low, worst), (high, best) = shares[0], shares[-1]
    assert found[:5] == (len(right), best, high, worst, low)
    assert found[5] == pytest.approx(high - low)
    ends = [newcombe(one, two, n_pairs(right)) for one, two in permutations(right, 2)]
    assert found[6:] == pytest.approx([max(end) for end in zip(*ends, strict=True)], abs=1e-9)


def n_pairs(right):
    return len(right) * (len(right) - 1) // 2


def newcombe(one, two, n_compared):
    return confint_proportions_2indep(
        *one, *two, method="newcomb", compare="diff", alpha=0.05 / n_compared
    )


def newcombe_of(one, limits_one, two, limits_two):
    """Give the interval of a difference by the limits of its two shares."""
    share_one, share_two = one[0] / one[1], two[0] / two[1]
    below = math.hypot(share_one - limits_one[0], limits_two[1] - share_two)
    above = math.hypot(limits_one[1] - share_one, share_two - limits_two[0])
    return share_one - share_two - below, share_one - share_two + above


def test_the_surest_pair_may_be_another_than_the_extremes(con):
    right = [(1, 1), (950, 1000), (600, 1000), (1, 2)]
    fill_groups(con, *right)
    columns = "best_group, worst_group, surest_better_group, surest_worse_group, ci_low"
    ((*pairs, low),) = read(con, "accuracy_gaps", columns, "group_attribute = 'race'")
    assert pairs == ["White", "East Asian", "Black", "Indian"]
    assert low == pytest.approx(newcombe(right[1], right[2], 6)[0], abs=1e-9)
    assert newcombe(right[0], right[3], 6)[0] < 0 < low


def test_intervals_of_more_comparisons_are_those_of_that_many(con):
    right = [(90, 100), (50, 80), (7, 9)]
    fill_groups(con, *right)
    race = "group_attribute = 'race'"
    for n_compared in (3, 40, 12_345):
        (found,) = read(con, f"accuracy_gaps_among({n_compared})", "ci_low, ci_high", race)
        among = {
            each: con.execute(
                "select unnest(limits_among(?, ?, ?))", [*each, n_compared]
            ).fetchone()
            for each in right
        }
        ends = [
            newcombe(one, two, n_compared)
            if n_compared == n_pairs(right)
            else newcombe_of(one, among[one], two, among[two])
            for one, two in permutations(right, 2)
        ]
        assert found == pytest.approx([max(end) for end in zip(*ends, strict=True)], abs=1e-9)
    own = read(con, "accuracy_gaps", "*", race)
    assert own == read(con, "accuracy_gaps_among(null)", "*", race)
    assert own == read(con, "accuracy_gaps_among(3)", "*", race)


@pytest.mark.parametrize("shares", [[0.95] * 7, [0.9, 0.92, 0.94, 0.96, 0.97, 0.98, 0.99]])
def test_the_interval_covers_the_largest_true_gap(con, shares):
    sizes = [60, 90, 120, 200, 300, 500, 700]
    rng = np.random.default_rng(7)
    n_draws = 400
    rights = rng.binomial(sizes, shares, (n_draws, 7))
    rows = [(i, n, int(k)) for i, row in enumerate(rights) for n, k in zip(sizes, row, strict=True)]
    con.register(
        "incoming_drawn",
        pa.table(dict(zip(("run", "n", "k"), zip(*rows, strict=True), strict=True))),
    )
    con.execute(
        "create or replace view accuracy_by_group as select 'c' || run as classifier, "
        "'gender' as attribute, 'two' as taxonomy, 'faces' as dataset, 'val' as split, "
        "'race' as group_attribute, 'g' || (row_number() over (partition by run)) as group_name, "
        "n as n_samples, k as n_correct, k / n as accuracy, 0.0 as ci_low, 1.0 as ci_high, "
        "n::double as n_effective "
        "from incoming_drawn"
    )
    found = read(con, "accuracy_gaps", "ci_low, ci_high")
    assert len(found) == n_draws
    true_gap = max(shares) - min(shares)
    assert np.mean([low <= true_gap <= high for low, high in found]) >= 0.95


def test_one_group_has_no_gap_and_small_groups_take_no_part(con):
    fill_groups(con, (90, 100), (60, 80), (0, 9))
    assert [row[0] for row in read(con, "accuracy_gaps", "group_attribute")] == [
        "gender x race",
        "race",
    ]
    con.execute("update settings set value = '10' where setting = 'min_samples'")
    (found,) = read(con, "accuracy_gaps", "n_groups, worst_group", "group_attribute = 'race'")
    assert found == (2, "Black")


def test_leakage_counts_samples_and_not_pairs(con):
    pictures = [("a" * 64, 3), ("b" * 64, 2), ("c" * 64, 2**40 - 1)]
    fill(con, images=[{"image_id": name, "phash": phash} for name, phash in pictures])
    fill(con, samples=samples(3, split="train") + samples(4, split="val", first=4))
    fill(con, samples=samples(1, split=None, first=8))
    shown = {1: "a", 2: "b", 3: "c", 4: "a", 5: "a", 6: "b", 8: "a"}
    for sample_id, name in shown.items():
        con.execute("update samples set image_id = ? where sample_id = ?", [name * 64, sample_id])
    columns = "split, n_samples, n_leaking, n_same_content, leaking_share"
    assert read(con, "leakage_by_split", columns) == [
        ("train", 3, 2, 2, pytest.approx(2 / 3)),
        ("val", 4, 3, 3, 0.75),
    ]
    con.execute("update samples set image_id = null where sample_id in (1, 4, 5)")
    con.execute("update samples set image_id = ? where sample_id = 1", ["a" * 64])
    assert read(con, "leakage_by_split", columns) == [
        ("train", 3, 2, 1, pytest.approx(2 / 3)),
        ("val", 4, 1, 1, 0.25),
    ]
