from __future__ import annotations

from itertools import combinations
from math import sqrt

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint
from support.rows import classifier, fill, labels, predictions, samples

COLUMNS = (
    "classifier_a, classifier_b, n_samples, n_both_right, n_only_a, n_only_b, n_both_wrong, "
    "difference, ci_low, ci_high, p_value, p_value_mid, p_value_holm"
)


def judged(con, **answers):
    """Fill a catalogue in which every label is Male; an answer is right (1), wrong (0) or missing."""
    n = len(next(iter(answers.values())))
    said = {"1": "Male", "0": "Female", "-": None}
    fill(
        con,
        samples=samples(n),
        labels=labels("gender", ["Male"] * n),
        classifiers=[classifier(i, name) for i, name in enumerate(answers, 1)],
        predictions=[
            row
            for i, marks in enumerate(answers.values(), 1)
            for row in predictions([said[mark] for mark in marks], i)
        ],
    )


def compared(con):
    relation = con.sql(f"select {COLUMNS} from classifier_comparison order by all")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def test_only_samples_that_both_judged_are_compared(con):
    judged(con, a="1101-0", b="10-110")
    (row,) = compared(con)
    counts = ("n_samples", "n_both_right", "n_only_a", "n_only_b", "n_both_wrong")
    assert [row[each] for each in counts] == [4, 2, 1, 0, 1]
    assert row["difference"] == 0.25


def test_classifiers_of_other_attributes_are_not_compared(con):
    judged(con, a="11", b="10")
    fill(
        con,
        labels=labels("race", ["White", "White"]),
        classifiers=[classifier(3, "c", "race")],
        predictions=predictions(["White", "Black"], 3),
    )
    assert [(row["classifier_a"], row["classifier_b"]) for row in compared(con)] == [("a", "b")]


def test_the_interval_is_that_of_newcombe_s_example(con):
    # Newcombe 1998, table II: 36, 12, 2, 0 of 50; method 10 gives 0.0569 to 0.3404.
    judged(con, a="1" * 48 + "0" * 2, b="1" * 36 + "0" * 12 + "1" * 2)
    (row,) = compared(con)
    assert row["difference"] == pytest.approx(0.2)
    assert (round(row["ci_low"], 4), round(row["ci_high"], 4)) == (0.0569, 0.3404)


def newcombe(e, f, g, h):
    """Write method 10 down once more, from the paper's formulas."""
    n = e + f + g + h
    a, b = e + f, e + g
    (la, ua), (lb, ub) = (proportion_confint(x, n, method="wilson") for x in (a, b))
    determinant = e * h - f * g
    if determinant > 0:
        determinant = max(determinant - n / 2, 0)
    product = a * (n - a) * b * (n - b)
    phi = determinant / sqrt(product) if product else 0
    pa, pb = a / n, b / n
    low = (pa - la) ** 2 - 2 * phi * (pa - la) * (ub - pb) + (ub - pb) ** 2
    high = (ua - pa) ** 2 - 2 * phi * (ua - pa) * (pb - lb) + (pb - lb) ** 2
    return pa - pb - sqrt(low), pa - pb + sqrt(high)


@pytest.mark.parametrize("seed", range(5))
def test_every_number_is_that_of_independent_code(con, seed):
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.3, 0.95, size=5)
    marks = {name: (rng.random(80) < share) for name, share in zip("abcde", shares, strict=True)}
    marks["e"] = marks["a"]  # never disagree
    judged(con, **{k: "".join("1" if right else "0" for right in v) for k, v in marks.items()})
    rows = compared(con)
    assert [(r["classifier_a"], r["classifier_b"]) for r in rows] == list(combinations("abcde", 2))
    for row in rows:
        one, two = marks[row["classifier_a"]], marks[row["classifier_b"]]
        table = [(one & two).sum(), (one & ~two).sum(), (~one & two).sum(), (~one & ~two).sum()]
        counts = ("n_both_right", "n_only_a", "n_only_b", "n_both_wrong")
        assert [row[each] for each in counts] == table
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(
            newcombe(*map(int, table)), abs=1e-9
        )
        exact = mcnemar(np.reshape(table, (2, 2)), exact=True).pvalue
        assert row["p_value"] == pytest.approx(min(exact, 1), rel=1e-9)
        few, n = min(table[1:3]), sum(table[1:3])
        mid = 2 * binom.cdf(few, n, 0.5) - binom.pmf(few, n, 0.5) if n else 1
        assert row["p_value_mid"] == pytest.approx(mid, rel=1e-9)
    holm = multipletests([row["p_value"] for row in rows], method="holm")[1]
    assert [row["p_value_holm"] for row in rows] == pytest.approx(holm.tolist(), rel=1e-9)


def test_holm_counts_the_pairs_of_one_data_set_and_split(con):
    judged(con, a="1111111100", b="1111110000")
    alone = compared(con)[0]["p_value_holm"]
    fill(
        con,
        samples=samples(3, dataset="other", first=100),
        labels=labels("gender", ["Male"] * 3, first=100),
        predictions=[row for i in (1, 2) for row in predictions(["Male"] * 3, i, first=100)],
    )
    rows = con.sql(
        "select dataset, n_samples, p_value_holm from classifier_comparison order by dataset"
    ).fetchall()
    assert rows == [("faces", 10, alone), ("other", 3, 1.0)]


@pytest.mark.parametrize(
    ("one", "other"), [(0, 0), (1, 0), (7, 7), (3, 10), (76, 149), (900, 1100)]
)
def test_mcnemar_s_tail_is_exact_for_few_and_many(con, one, other):
    (found,) = con.execute("select mcnemar_exact(?::bigint, ?::bigint)", [one, other]).fetchone()
    reference = mcnemar([[0, one], [other, 0]], exact=True).pvalue
    assert found == pytest.approx(min(reference, 1), rel=1e-9)
