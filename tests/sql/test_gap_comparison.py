"""Whether one classifier has a larger gap between groups than another, on the same samples."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import (
    classifier,
    fill,
    labels,
    load,
    predictions,
    rate_groups_from,
    read,
    samples,
)

RACES = ["White", "Black", "Indian", "East Asian"]
RACE = "group_attribute = 'race'"
COLUMNS = (
    "gap_a, best_group_a, worst_group_a, gap_b, best_group_b, worst_group_b, difference, ci_low, "
    "ci_high, n_groups, n_samples"
)


def fill_tables(con, tables):
    """Fill a group of each (both right, only a, only b, both wrong), all men by their labels."""
    races, said = [], ([], [])
    for race, table in zip(RACES, tables, strict=False):
        races += [race] * sum(table)
        for of_one, is_right in zip(said, ((1, 1, 0, 0), (1, 0, 1, 0)), strict=True):
            for n, right in zip(table, is_right, strict=True):
                of_one += [("Female", "Male")[right]] * n
    load(con, samples=samples(len(races)))
    load(con, labels=labels("race", races) + labels("gender", ["Male"] * len(races)))
    fill(con, classifiers=[classifier(1, "a"), classifier(2, "b")])
    load(con, predictions=predictions(said[0], 1) + predictions(said[1], 2))


def limits(k, n):
    return proportion_confint(k, n, method="wilson")


def correlation(both, only_a, only_b, neither):
    """Newcombe's correction of phi."""
    n = both + only_a + only_b + neither
    top = both * neither - only_a * only_b
    top = max(top - n / 2, 0) if top > 0 else top
    sides = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    return top / sides**0.5 if sides else 0


def oracle(tables, names=RACES):
    """Give the row by hand: Newcombe's limits in each group, Zou and Donner's sum of them."""
    named = dict(sorted(zip(names, tables, strict=False)))
    a = {name: (t[0] + t[1]) / sum(t) for name, t in named.items()}
    b = {name: (t[0] + t[2]) / sum(t) for name, t in named.items()}
    ends = [
        (max(x, key=lambda g, x=x: (x[g], g)), min(x, key=lambda g, x=x: (x[g], g))) for x in (a, b)
    ]
    gaps = [x[best] - x[worst] for x, (best, worst) in zip((a, b), ends, strict=True)]
    below = above = 0
    for name, table in named.items():
        parts = []
        for share, k, (best, worst), turn in (
            (a[name], table[0] + table[1], ends[0], 1),
            (b[name], table[0] + table[2], ends[1], -1),
        ):
            sign = turn * ((name == best) - (name == worst))
            low, high = limits(k, sum(table))
            down, up = (share - low, high - share) if sign > 0 else (high - share, share - low)
            parts.append((sign, abs(sign) * down, abs(sign) * up))
        (sign_a, down_a, up_a), (sign_b, down_b, up_b) = parts
        together = correlation(*table) * sign_a * sign_b
        below += max(down_a**2 + down_b**2 + 2 * together * down_a * down_b, 0)
        above += max(up_a**2 + up_b**2 + 2 * together * up_a * up_b, 0)
    difference = gaps[0] - gaps[1]
    ends_of = (max(-1, difference - below**0.5), min(1, difference + above**0.5))
    return (gaps[0], *ends[0], gaps[1], *ends[1], difference, *ends_of)


TABLES = {
    "the same extremes": [(90, 4, 1, 5), (60, 2, 20, 18), (80, 6, 6, 8)],
    "others": [(90, 4, 1, 5), (60, 2, 20, 18), (50, 33, 6, 11), (70, 7, 7, 0)],
    "turned": [(70, 25, 2, 3), (70, 2, 25, 3)],
    "never wrong": [(40, 0, 0, 0), (30, 0, 10, 0)],
}


@pytest.mark.parametrize("tables", TABLES.values(), ids=list(TABLES))
def test_the_difference_has_the_interval_of_zou_and_donner(con, tables):
    fill_tables(con, tables)
    (found,) = read(con, "gap_comparison", COLUMNS, RACE)
    expected = oracle(tables)
    for value, wanted in zip(found, expected, strict=False):
        assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-9))
    assert found[9:] == (len(tables), sum(map(sum, tables)))


@pytest.mark.parametrize("seed", range(6))
def test_random_tables(con, seed):
    rng = np.random.default_rng(seed)
    tables = [tuple(map(int, rng.multinomial(rng.integers(5, 90), [0.7, 0.1, 0.1, 0.1]))) for _ in range(4)]  # fmt: skip
    fill_tables(con, tables)
    (found,) = read(con, "gap_comparison", COLUMNS, RACE)
    for value, wanted in zip(found, oracle(tables), strict=False):
        assert value == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-9))


def test_only_samples_that_both_judged_count_and_small_groups_take_no_part(con):
    tables = [(90, 4, 1, 5), (60, 2, 20, 18), (8, 0, 0, 1)]
    fill_tables(con, tables)
    con.execute("delete from predictions where classifier_id = 2 and sample_id <= 10")
    (found,) = read(con, "gap_comparison", COLUMNS, RACE)
    assert found[9:] == (3, 199)
    assert found[6:9] == pytest.approx(oracle([(80, 4, 1, 5), *tables[1:]])[6:], abs=1e-9)
    rate_groups_from(con, 10)
    (found,) = read(con, "gap_comparison", COLUMNS, RACE)
    assert found[9:] == (2, 190)
    rate_groups_from(con, 95)
    assert read(con, "gap_comparison", COLUMNS, RACE) == []


@pytest.mark.parametrize(
    ("shares", "least"),
    [
        # both right, only a, only b of each group: a larger gap of a, the same gap, none at all
        ([(0.86, 0.02, 0.06), (0.94, 0.02, 0.02), (0.92, 0.03, 0.03)], 0.94),
        ([(0.86, 0.04, 0.04), (0.94, 0.02, 0.02), (0.92, 0.03, 0.03)], 0.94),
        ([(0.9, 0.04, 0.04)] * 3, 0.95),
    ],
)
def test_the_interval_covers_the_true_difference(con, shares, least):
    sizes, n_runs = [400, 300, 250], 300
    rng = np.random.default_rng(11)
    counts = [rng.multinomial(n, [*p, 1 - sum(p)], n_runs) for n, p in zip(sizes, shares, strict=True)]  # fmt: skip
    truth = np.ptp([p[0] + p[1] for p in shares]) - np.ptp([p[0] + p[2] for p in shares])
    race = [name for name, n in zip(RACES, sizes, strict=False) for _ in range(n)]
    load(con, samples=samples(len(race), first=0), labels=labels("race", race, first=0))
    load(con, labels=labels("gender", ["Male"] * len(race), first=0))
    fill(con, classifiers=[classifier(2 * i + j, f"{name}{i}") for i in range(n_runs) for j, name in enumerate("ab")])  # fmt: skip
    words = []
    for run in range(n_runs):
        for j, right in enumerate(((1, 1, 0, 0), (1, 0, 1, 0))):
            is_right = np.concatenate([np.repeat(right, table[run]) for table in counts])
            words += [(2 * run + j, word, value) for word, value in enumerate(in_words(is_right))]
    names = ("classifier_id", "word", "is_right")
    con.register(
        "incoming_words",
        pa.table(dict(zip(names, map(np.array, zip(*words, strict=True)), strict=True))),
    )
    con.execute(
        "create or replace view judged_words as select classifier_id, 'faces' as dataset, "
        "'val' as split, word::bigint as word, "
        "18446744073709551615::ubigint as judged, is_right::ubigint as is_right from incoming_words"
    )
    rows = con.execute(
        "select ci_low, ci_high from gap_comparison where group_attribute = 'race' "
        "and classifier_a[1] = 'a' and classifier_b = 'b' || classifier_a[2:]"
    ).fetchall()
    assert len(rows) == n_runs
    assert np.mean([low <= truth <= high for low, high in rows]) >= least


def in_words(is_right):
    """Give 64 samples a number, as the view `judged_words` does."""
    padded = np.zeros(-(-len(is_right) // 64) * 64, np.uint64)
    padded[: len(is_right)] = is_right
    return (padded.reshape(-1, 64) << np.arange(64, dtype=np.uint64)).sum(1, dtype=np.uint64)
