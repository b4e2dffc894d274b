"""Faithfulness from areas by hand: gains, their means by group, ranks, and pairs on shared pictures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from support.rows import (
    classifier,
    encoder,
    explanation,
    fill,
    labels,
    measured,
    rate_groups_from,
    read,
    samples,
)

N = 6
GROUPS, PAIRS = "faithfulness_by_group", "faithfulness_pairs"
OVERALL = "group_attribute = 'overall'"
# Areas of deletion: that of the map, and that of random orders.
OWN, RANDOM = (0.2, 0.3, 0.1, 0.4, 0.2, 0.3), 0.5
SPANS = (1.0, 0.5, 1.0, 2.0, 1.0, 0.5)
EXPECTED = [(RANDOM - own) / span for own, span in zip(OWN, SPANS, strict=True)]


@pytest.fixture
def store(con):
    """Give six samples of two genders, with a measured map each."""
    rate_groups_from(con, 1)
    fill(
        con,
        samples=samples(N),
        encoders=[encoder(), encoder() | {"encoder_id": 2, "name": "two", "vectors": "two"}],
    )
    fill(con, labels=labels("gender", ["Female", "Male"] * 3))
    fill(con, classifiers=[classifier(1, "c", encoder_id=1)])
    maps(con, range(1, N + 1), OWN)
    return con


def maps(con, which, own, first=0, **more):
    rows = [
        explanation(first + i, i, [1.0], cols=1, faithfulness=areas(i, each), **more)
        for i, each in zip(which, own, strict=True)
    ]
    fill(con, explanations=rows)


def areas(sample_id, own):
    return measured(
        (own, RANDOM, 0.4, 0.45), (1 - own, 0.5, 0.6, 0.55), span=SPANS[sample_id - 1],
        likeness=sample_id / 10,
    )  # fmt: skip


def interval(values):
    exact = np.asarray(values, dtype=np.float64)
    reach = stats.t.ppf(0.975, len(exact) - 1) * stats.sem(exact)
    return [exact.mean(), exact.mean() - reach, exact.mean() + reach]


def test_a_gain_is_the_difference_of_two_areas_in_spans_of_the_picture(store):
    found = read(
        store, "faithfulness_gains", "measure, whose, against, area, other_area, span, gain",
        "sample_id = 4",
    )  # fmt: skip
    near = pytest.approx
    assert found == [
        ("deletion", "randomised", "random", 0.45, 0.5, 2, near(0.025)),
        ("deletion", "trained", "centre", 0.4, 0.4, 2, near(0)),
        ("deletion", "trained", "random", 0.4, 0.5, 2, near(0.05)),
        ("insertion", "randomised", "random", 0.55, 0.5, 2, near(0.025)),
        ("insertion", "trained", "centre", 0.6, 0.6, 2, near(0)),
        ("insertion", "trained", "random", 0.6, 0.5, 2, near(0.05)),
        ("likeness", "trained", "randomised", None, None, 2, 0.4),
    ]


@pytest.mark.parametrize(
    ("group", "which"), [("overall", slice(None)), ("Male", slice(1, None, 2))]
)
def test_the_mean_of_a_group_has_the_interval_of_student(store, group, which):
    where = f"group_name = '{group}' and measure = 'deletion' and whose = 'trained' and against = 'random'"
    ((n, n_clusters, *found),) = read(
        store, GROUPS, "n_samples, n_clusters, gain, ci_low, ci_high", where
    )
    assert n == n_clusters == len(EXPECTED[which])
    assert found == pytest.approx(interval(EXPECTED[which]))


def test_a_person_counts_once_and_so_do_all_targets(store):
    fill(store, kept_sample_clusters=[
        {"sample_id": i, "dataset": "faces", "cluster_number": 1, "first_path": "1.jpg"} for i in (1, 2, 3)
    ])  # fmt: skip
    maps(store, [4], [0.1], first=50, target="a photo of a man")
    where = f"{OVERALL} and measure = 'insertion' and whose = 'trained' and against = 'random'"
    ((n, n_clusters, *found),) = read(
        store, GROUPS, "n_samples, n_clusters, gain, ci_low, ci_high", where
    )
    assert (n, n_clusters) == (6, 4)
    units = [np.mean(EXPECTED[:3]), np.mean([EXPECTED[3], 0.2]), *EXPECTED[4:]]
    assert found == pytest.approx(interval(units))


def test_what_nothing_moves_is_counted_and_in_no_mean(store):
    still = "struct_update(faithfulness, span := 0, likeness := null::double)"
    store.execute(f"update explanations set faithfulness = {still} where sample_id = 1")
    rows = read(store, GROUPS, "distinct n_samples, n_without", OVERALL)
    assert rows == [(5, 1)]
    store.execute("update explanations set faithfulness = null where sample_id > 1")
    assert read(store, GROUPS, "distinct n_samples, n_without, gain, rank", OVERALL) == [
        (0, 1, None, None)
    ]
    store.execute("update explanations set faithfulness = null")
    assert read(store, GROUPS) == []


def test_small_groups_have_counts_alone(store):
    rate_groups_from(store, 4)
    found = read(store, GROUPS, "distinct group_name, n_samples, gain is null, ci_low is null")
    assert sorted(found) == [
        ("Female", 3, True, True), ("Male", 3, True, True), ("overall", 6, False, False),
    ]  # fmt: skip


def test_methods_are_ranked_by_their_gain(store):
    maps(store, range(1, N + 1), [own + 0.05 for own in OWN], first=10, method="gradcam")
    maps(store, range(1, N + 1), [own - 0.05 for own in OWN], first=20, encoder_id=2)
    where = f"{OVERALL} and measure = 'deletion' and whose = 'trained' and against = 'random'"
    assert sorted(read(store, GROUPS, "rank, encoder_id, method", where)) == [
        (1, 2, "relevancy"), (2, 1, "relevancy"), (3, 1, "gradcam"),
    ]  # fmt: skip
    others = f"{OVERALL} and (whose = 'randomised' or measure = 'likeness')"
    assert read(store, GROUPS, "distinct rank", others) == [(None,)]


def test_pairs_are_of_the_same_pictures_and_questions(store):
    worse = [own + 0.1 * i for i, own in enumerate(OWN[:4])]
    maps(store, range(1, 5), worse, first=10, method="gradcam")
    maps(store, range(1, 5), worse, first=30, method="gradcam", target="a photo of a cat")
    maps(store, range(1, 5), worse, first=40, classifier_id=1)
    found = read(
        store, PAIRS, "method_a, method_b, n_samples, gain_a, gain_b, difference, ci_low, ci_high",
        "measure = 'deletion'",
    )  # fmt: skip
    differences = [-0.1 * i / SPANS[i] for i in range(4)]
    ((one, other, n, gain_a, gain_b, *rest),) = found
    assert (one, other, n) == ("gradcam", "relevancy", 4)
    assert gain_b == pytest.approx(np.mean(EXPECTED[:4]))
    assert gain_a - gain_b == pytest.approx(rest[0])
    assert rest == pytest.approx(interval(differences))
    assert sorted(read(store, PAIRS, "distinct measure")) == [("deletion",), ("insertion",)]
