"""Who comes first where samples are ranked by prompts, beside random orders of the same samples."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

RACES = ("White", "Black", "Indian")
BOTH = "'p1', 'p2', 'race'"


def fill_ranked(con, seed, n=120, *, split="val", first=1):
    """Fill cosines of two prompts, those of White faces higher to the first; return races and differences."""
    rng = np.random.default_rng(seed)
    races = rng.choice(RACES, n, p=[0.5, 0.3, 0.2])
    one = (rng.normal(0.2, 0.05, n) + 0.03 * (races == "White")).astype(np.float32)
    two = rng.normal(0.2, 0.05, n).astype(np.float32)
    load(con, samples=samples(n, split=split, first=first))
    load(con, labels=labels("race", races.tolist(), first))
    if first == 1:
        fill(con, encoders=[encoder()], **prompt_set("set", "gender", [(1, "Female"), (2, "Male")]))
    load(con, similarities=similarities({1: one.tolist(), 2: two.tolist()}, first=first))
    return races, one.astype(float) - two, one.astype(float)


def skew_and_ndkl(ordered, k):
    """Return MaxSkew@k and NDKL of an order of groups, by their definitions."""
    names, counts = np.unique(ordered, return_counts=True)
    shares = counts / len(ordered)
    tops = np.array([[(ordered[:i] == name).mean() for name in names] for i in range(1, k + 1)])
    with np.errstate(divide="ignore", invalid="ignore"):
        divergences = np.nansum(tops * np.log(tops / shares), axis=1)
        skews = np.log(tops[-1] / shares)
    weights = 1 / np.log2(np.arange(1, k + 1) + 1)
    return skews.max(), names[skews.argmax()], np.average(divergences, weights=weights)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [1, 10, 40, 120, 500])
def test_both_measures_are_those_of_their_definitions(con, seed, k):
    races, differences, _ = fill_ranked(con, seed)
    ordered = races[np.argsort(-differences, kind="stable")]
    columns = "n_samples, n_first, max_skew, ndkl, max_skew_group"
    (found,) = read(con, f"ranking_skew({BOTH}, {k}, 0)", columns)
    skew, group, ndkl = skew_and_ndkl(ordered, min(k, 120))
    assert found[:2] == (120, min(k, 120))
    assert found[2:4] == pytest.approx((skew, ndkl), abs=1e-9)
    assert found[4] == group or k >= 120  # where all come first no group is skewed


def test_the_chance_level_is_that_of_random_orders(con):
    races, _, _ = fill_ranked(con, 3)
    rng = np.random.default_rng(0)
    drawn = [skew_and_ndkl(rng.permutation(races), 20) for _ in range(2000)]
    columns = "max_skew_by_chance, ndkl_by_chance, max_skew_chance_95, ndkl_chance_95"
    (found,) = read(con, f"ranking_skew({BOTH}, 20, 0)", columns)
    for position, part in enumerate((0, 2)):
        values = np.array([each[part] for each in drawn])
        # a mean of 200 draws: within five of its standard errors
        assert found[position] == pytest.approx(values.mean(), abs=5 * values.std() / np.sqrt(200))
        low, high = np.quantile(values, [0.9, 0.985])
        assert low <= found[position + 2] <= high


def test_a_seed_gives_the_same_draws_and_another_one_others(con):
    fill_ranked(con, 3)
    one, again, other = (
        read(con, f"ranking_skew({BOTH}, 20, {seed})", "ndkl, ndkl_by_chance") for seed in (1, 1, 2)
    )
    assert again == [pytest.approx(one[0], abs=1e-12)]  # sums may go in another order
    assert other[0][0] == pytest.approx(one[0][0], abs=1e-12)
    assert abs(other[0][1] - one[0][1]) > 1e-6


def test_shares_of_each_group_and_their_intervals(con):
    races, differences, _ = fill_ranked(con, 4)
    first = races[np.argsort(-differences)][:30]
    columns = "group_name, n_samples, n_group, n_first, n_group_first, skew, ci_low, ci_high"
    rows = read(con, f"ranking_skew_by_group({BOTH}, 30)", columns)
    assert [row[0] for row in rows] == sorted(RACES)
    for race, *counts, skew, ci_low, ci_high in rows:
        n_group, n_first = (races == race).sum(), (first == race).sum()
        assert counts == [120, n_group, 30, n_first]
        share = n_group / 120
        expected = np.log(
            np.array([n_first / 30, *proportion_confint(n_first, 30, method="wilson")])
        )
        assert (skew, ci_low, ci_high) == pytest.approx(tuple(expected - np.log(share)), abs=1e-9)


def test_a_group_of_which_none_comes_first_has_no_skew_but_a_limit(con):
    races, differences, _ = fill_ranked(con, 5)
    first = races[differences.argmax()]
    columns = "group_name, n_group_first, skew is null, ci_low is null, ci_high is null"
    rows = read(con, f"ranking_skew_by_group({BOTH}, 1)", columns)
    assert rows == [
        (race, int(race == first), race != first, race != first, False) for race in sorted(RACES)
    ]


def test_without_a_second_prompt_the_order_is_that_of_the_first(con):
    _, differences, cosines = fill_ranked(con, 6, n=20)
    columns = "sample_id, rank"
    for prompts, values in (("'p1', null", cosines), ("'p1', 'p2'", differences)):
        found = dict(read(con, f"ranked_by_prompts({prompts}, 'race')", columns))
        assert [found[1 + i] for i in np.argsort(-values)] == list(range(1, 21))


def test_equal_ones_go_by_path_and_what_lacks_a_label_or_a_cosine_is_not_ranked(con):
    fill(
        con, samples=samples(5), labels=labels("race", ["White", "Black", None, "White", "Indian"])
    )
    fill(con, encoders=[encoder()], **prompt_set("set", "gender", [(1, "Female"), (2, "Male")]))
    load(con, similarities=similarities({1: [0.25] * 5, 2: [0.25, 0.25, 0.25, None, 0.25]}))
    con.execute("update samples set path = 'a.jpg' where sample_id = 5")
    found = read(con, f"ranked_by_prompts({BOTH})", "rank, sample_id, group_name, difference")
    assert found == [(1, 1, "White", 0.0), (2, 2, "Black", 0.0), (3, 5, "Indian", 0.0)]


def test_encoders_and_splits_are_ranked_apart(con):
    fill_ranked(con, 7, n=30)
    fill_ranked(con, 8, n=20, split=None, first=1000)
    fill(con, encoders=[encoder(2, "other")])
    con.execute(
        "insert into similarities select 2, prompt_id, sample_id, -cosine from similarities"
    )
    columns = "encoder_id, split, n_samples, n_first"
    assert read(con, f"ranking_skew({BOTH}, 25, 0)", columns) == [
        (1, "val", 30, 25), (1, None, 20, 20), (2, "val", 30, 25), (2, None, 20, 20),
    ]  # fmt: skip
    assert len(read(con, f"ranking_skew_by_group({BOTH}, 25)")) == 4 * 3


def test_one_group_alone_is_as_it_should_be(con):
    fill_ranked(con, 9, n=10)
    con.execute("update labels set label = 'White'")
    columns = "max_skew, ndkl, max_skew_by_chance, ndkl_by_chance"
    assert read(con, f"ranking_skew({BOTH}, 5, 0)", columns) == [
        pytest.approx((0, 0, 0, 0), abs=1e-12)
    ]


@pytest.mark.parametrize("view", ["ranking_skew({}, 0, 0)", "ranking_skew_by_group({}, 0)"])
def test_none_to_come_first_is_refused(con, view):
    fill_ranked(con, 9, n=10)
    with pytest.raises(duckdb.InvalidInputException, match="first_k must be 1 or more, not 0"):
        read(con, view.format(BOTH))


def test_prompts_that_are_not_there_rank_nothing(con):
    fill_ranked(con, 9, n=10)
    assert read(con, "ranking_skew('p1', 'unknown', 'race', 5, 0)") == []
    assert read(con, "ranking_skew('p1', 'p2', 'mood', 5, 0)") == []


def test_small_groups_have_no_rates(con):
    fill_ranked(con, 10)
    con.execute("update settings set value = '30' where setting = 'min_samples'")
    rows = read(
        con, f"ranking_skew_by_group({BOTH}, 30)", "n_group >= 30, skew is null, ci_high is null"
    )
    assert {(False, True, True), (True, False, False)} == set(rows)
