"""Figures that are drawn anew: their weights, replicates and intervals, against NumPy and scikit-learn."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy.stats import poisson
from sklearn.metrics import balanced_accuracy_score, f1_score
from statsmodels.stats.proportion import proportion_confint
from support.rows import classifier, fill, labels, load, predictions, read, samples

RACES = np.array(["White", "Black", "Indian", "Middle Eastern"])
N = 400


def digest(text):
    """Half of an MD5, as md5_number_lower gives it."""
    return int.from_bytes(hashlib.md5(text.encode()).digest()[8:], "little")


def weights_by_hand(paths, seed, replicates):
    """Give the weights by plain arithmetic: samples in rows, replicates in columns."""
    mask, high = np.uint64(2**32 - 1), np.uint64(32)
    units = np.array([[digest(f"faces\x1f{path}")] for path in paths], np.uint64)
    keys = np.array([digest(f"replicate {seed} {r}") for r in replicates], np.uint64)
    low = ((units & mask) * ((keys & mask) | np.uint64(1))) & mask
    drawn = low ^ (((units >> high) * ((keys >> high) | np.uint64(1))) & mask)
    # by the quantiles of scipy
    return poisson.ppf((drawn + 0.5) / 2**32, 1).astype(int)


@pytest.fixture
def drawn(con):
    """Fill faces of four races, of which some have no prediction, and ages of some."""
    rng = np.random.default_rng(0)
    truth = rng.choice(RACES, N, p=[0.5, 0.3, 0.15, 0.05])
    said = np.where(rng.random(N) < 0.7, truth, rng.choice(RACES, N))
    gender = rng.choice(["Male", "Female"], N)
    ages, guesses = rng.uniform(20, 60, N), rng.uniform(20, 60, N)
    load(con, samples=samples(N), labels=labels("race", truth.tolist()))
    con.execute("update samples set path = 'p/' || sample_id || '.jpg'")
    load(con, labels=labels("gender", gender.tolist()))
    load(
        con,
        labels=[
            {"sample_id": i, "attribute": "age", "label": None, "value": age}
            for i, age in enumerate(ages.tolist(), 1)
        ],
    )
    fill(con, classifiers=[classifier(1, "c", "race"), classifier(2, "years", "age")])
    load(con, predictions=predictions([None] * 10 + said[10:].tolist(), 1))
    load(
        con,
        predictions=[
            {"classifier_id": 2, "sample_id": i, "value": guess}
            for i, guess in enumerate(guesses.tolist(), 1)
        ],
    )
    paths = [f"p/{i}.jpg" for i in range(1, N + 1)]
    return paths, truth, said, gender, np.abs(ages - guesses)


def test_weights_are_those_of_plain_arithmetic(con):
    load(con, samples=samples(50))
    paths = [path for (path,) in con.sql("select path from samples order by sample_id").fetchall()]
    rows = con.sql(
        "select poisson_weight(drawn_number(unit, key_one, key_two)) from weight_units "
        "cross join replicate_keys(7, 3, 40) order by sample_id, replicate"
    ).fetchall()
    found = np.array(rows).reshape(50, 38)
    assert (found == weights_by_hand(paths, 7, range(3, 41))).all()


def test_the_thresholds_are_those_of_the_poisson_distribution(con):
    ends = np.round(poisson.cdf(np.arange(12), 1) * 2**32).astype(np.int64)
    for weight, end in enumerate(ends):
        query = "select poisson_weight(?), poisson_weight(?)"
        assert con.execute(query, [int(end) - 1, int(end)]).fetchone() == (weight, weight + 1)
    assert con.sql("select poisson_weight(0), poisson_weight(4294967295)").fetchall() == [(0, 12)]


def test_weights_have_mean_and_variance_1_and_do_not_hang_together(con):
    n, n_replicates = 3_000, 400
    load(con, samples=samples(n))
    table = con.sql(
        "select poisson_weight(drawn_number(unit, key_one, key_two)) as w from weight_units "
        f"cross join replicate_keys(0, 1, {n_replicates}) order by sample_id, replicate"
    ).fetchnumpy()
    weights = table["w"].reshape(n, n_replicates).astype(float)
    assert weights.mean() == pytest.approx(1, abs=5 / np.sqrt(weights.size))
    # the fourth moment of Poisson(1) is 4, so the variance of squares 3
    assert weights.var() == pytest.approx(1, abs=5 * np.sqrt(3 / weights.size))
    for each, length in ((weights, n), (weights.T, n_replicates)):
        z = (each - each.mean(0)) / each.std(0)
        pairs = (z.T @ z / length)[np.triu_indices(each.shape[1], 1)] * np.sqrt(length)
        assert pairs.std() == pytest.approx(1, abs=0.02)
        assert np.abs(pairs).max() < 7
    # sums over neighbours vary as sums of independent weights do
    sums = weights.reshape(-1, 50, n_replicates).sum(1)
    assert sums.var() / 50 == pytest.approx(1, abs=5 * np.sqrt(2 / sums.size))


def replicates_of(con, macro, classifier_id, groups="overall"):
    rows = con.sql(
        f"select group_name, measure, value from {macro}({classifier_id}, 'faces', 'val', "
        f"'{groups}', 5, 1, 20) order by replicate"
    ).fetchall()
    found = {}
    for group, measure, value in rows:
        found.setdefault((group, measure), []).append(value)
    return found


def test_replicates_of_classes_are_those_of_scikit_learn(con, drawn):
    paths, truth, said, gender, _ = drawn
    weights = weights_by_hand(paths, 5, range(1, 21))
    has_answer = np.arange(N) >= 10
    found = {}
    for groups in ("overall", "gender"):
        found |= replicates_of(con, "replicated_classes", 1, groups)
    assert {group for group, _ in found} == {"overall", "Male", "Female"}
    for group in ("overall", "Male", "Female"):
        inside = has_answer & ((gender == group) | (group == "overall"))
        for r in range(20):
            given = (truth[inside], said[inside])
            w = weights[inside, r]
            assert found[group, "macro_f1"][r] == pytest.approx(
                f1_score(*given, average="macro", sample_weight=w), abs=1e-9
            )
            assert found[group, "balanced_accuracy"][r] == pytest.approx(
                balanced_accuracy_score(*given, sample_weight=w), abs=1e-9
            )


def test_replicates_of_ages_are_weighted_means(con, drawn):
    paths, *_, errors = drawn
    weights = weights_by_hand(paths, 5, range(1, 21))
    found = replicates_of(con, "replicated_ages", 2)
    expected = {
        "mae": errors @ weights / weights.sum(0),
        "within_8_years": (errors <= 8) @ weights / weights.sum(0),
    }
    for measure, values in expected.items():
        assert found["overall", measure] == pytest.approx(values.tolist(), abs=1e-9)


def test_a_group_of_which_nothing_is_drawn_has_no_figure(con):
    load(con, samples=samples(1), labels=labels("gender", ["Male"]))
    fill(con, classifiers=[classifier(1)])
    fill(con, predictions=predictions(["Male"]))
    values = replicates_of(con, "replicated_classes", 1)["overall", "macro_f1"]
    assert len(values) == 20
    assert set(values) == {None, 1.0}


def keep(con, seed=5, n=20):
    """Keep replicates of all samples, as the verb does."""
    con.execute(
        "insert into bootstraps select row_number() over (order by measure), classifier_id, "
        "dataset, split, group_attribute, group_name, measure, $seed, $n, n_samples, value, "
        "'2026-01-01', n_effective from figures_to_bootstrap where group_attribute = 'overall'",
        {"seed": seed, "n": n},
    )
    for macro, classifier_id in (("replicated_classes", 1), ("replicated_ages", 2)):
        con.execute(
            "insert into bootstrap_figures select bootstrap_id, replicate, drawn.value "
            f"from {macro}({classifier_id}, 'faces', 'val', 'overall', {seed}, 1, {n}) as drawn "
            "inner join bootstraps using (group_name, measure)"
        )


def test_intervals_follow_from_the_spread_of_the_replicates(con, drawn):
    keep(con)
    found = {
        **replicates_of(con, "replicated_classes", 1),
        **replicates_of(con, "replicated_ages", 2),
    }
    columns = "measure, value, standard_error, ci_low, ci_high, ci_low_percentile, n_samples, n_replicates, seed"
    rows = read(con, "bootstrap_intervals", columns)
    assert len(rows) == 4
    for measure, value, error, low, high, low_percentile, n, n_replicates, seed in rows:
        values = np.array(found["overall", measure])
        assert error == pytest.approx(values.std(ddof=1), abs=1e-12)
        assert low_percentile == pytest.approx(np.quantile(values, 0.025), abs=1e-12)
        assert (n, n_replicates, seed) == (
            N if measure in ("mae", "within_8_years") else N - 10,
            20,
            5,
        )
        if measure == "mae":
            part = 1.959963984540054 * error / (2 * value)
            expected = (value / (1 + part) ** 2, value / (1 - part) ** 2)
        else:
            n_effective = value * (1 - value) / error**2
            expected = proportion_confint(value * n_effective, n_effective, method="wilson")
        assert (low, high) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        "update predictions set predicted = 'Indian' where classifier_id = 1 and sample_id = ("
        "select min(sample_id) from judged_predictions where is_correct and label = 'White')",
        "delete from predictions where classifier_id = 1 and sample_id = 20",
        "update labels set label = 'Indian' where attribute = 'race' and sample_id = 12",
        "update samples set split = 'test' where sample_id = 13",
    ],
)
def test_what_is_drawn_of_other_figures_is_not_shown(con, drawn, change):
    keep(con)
    of_race = "attribute = 'race'"
    assert len(read(con, "bootstrap_intervals", "measure", of_race)) == 2
    con.execute(change)
    assert read(con, "bootstrap_intervals", "measure", of_race) == []
