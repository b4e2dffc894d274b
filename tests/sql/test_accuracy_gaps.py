"""The gap between the best and the worst group, and its interval; leakage by split."""

from __future__ import annotations

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
    n_pairs = len(right) * (len(right) - 1) // 2
    expected = confint_proportions_2indep(
        *right[RACES.index(best)], *right[RACES.index(worst)],
        method="newcomb", compare="diff", alpha=0.05 / n_pairs,
    )  # fmt: skip
    assert found[6:] == pytest.approx(expected, abs=1e-8)


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
