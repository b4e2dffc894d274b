"""Label noise by group: wrong labels in one group make a gap that no classifier has."""

from __future__ import annotations

import numpy as np
import pytest
from support.rows import classifier, fill, labels, load, predictions, read, samples

M, F = "Male", "Female"
NOISE = {"White": 0.01, "Black": 0.04}
ACCURACY = 0.97


def noisy(con, n_group=4_000, n_classifiers=5, seed=0, noise=NOISE):
    """Fill two groups in which all classifiers are as good, and labels are wrong at other rates."""
    rng = np.random.default_rng(seed)
    n = 2 * n_group
    load(con, samples=samples(n))
    races = np.repeat(list(noise), n_group)
    truth = rng.random(n) < 0.5
    is_wrong = rng.random(n) < np.repeat(list(noise.values()), n_group)
    given = np.where(truth ^ is_wrong, M, F).tolist()
    load(con, labels=labels("race", races.tolist()))
    load(con, labels=labels("gender", given))
    said = [truth ^ (rng.random(n) > ACCURACY) for _ in range(n_classifiers)]
    for number, each in enumerate(said, 1):
        fill(con, classifiers=[classifier(number, f"c{number}")])
        load(con, predictions=predictions(np.where(each, M, F).tolist(), number))
    return races, truth, np.array(given) == M, said


def test_a_phantom_gap_is_gone_when_suspect_labels_are_changed(con):
    """Labels wrong in 1 % and 4 % make a gap of (2 p - 1) x .03 between groups that are alike."""
    noisy(con)
    rows = read(
        con, "gaps_if_relabelled", "gap, gap_relabelled, worst_group, most_suspect_group, n_groups"
    )
    assert len(rows) == 5
    gaps, relabelled = (np.array([row[i] for row in rows]) for i in (0, 1))
    assert {row[2:] for row in rows} == {("Black", "Black", 2)}
    assert gaps.mean() == pytest.approx((2 * ACCURACY - 1) * 0.03, abs=0.006)
    # what is left is chance: the error of two accuracies of 4,000 samples
    assert relabelled.mean() < 2 * np.sqrt(2 * ACCURACY * (1 - ACCURACY) / 4_000)
    assert np.all(relabelled < gaps - 0.01)
    surely = read(con, "accuracy_gaps", "ci_low", "group_attribute = 'race'")
    assert all(low > 0.005 for (low,) in surely)  # by chance alone it would be no gap


def test_shares_of_suspect_labels_are_those_of_wrong_ones(con):
    noisy(con)
    columns = "group_name, suspect_share, ci_low, ci_high"
    rows = read(
        con, "label_noise_by_group", columns, "group_attribute = 'race' and classifier = 'c1'"
    )
    assert [row[0] for row in rows] == ["Black", "White"]
    for name, share, low, high in rows:
        assert low < NOISE[name] < high
        assert share == pytest.approx(NOISE[name], abs=0.006)
    assert rows[0][2] > rows[1][3]


def test_figures_of_each_group_are_recounted(con):
    races, _, given, said = noisy(con, 300, 4, seed=3)
    votes = np.mean(said, axis=0)
    agreed = np.where(votes > 0.5, True, np.where(votes < 0.5, False, given))
    is_suspect = agreed != given
    columns = "n_samples, n_suspects, suspect_share, accuracy, accuracy_low, accuracy_high, accuracy_relabelled"
    for number, each in enumerate(said, 1):
        for name in ("White", "Black"):
            of = races == name
            is_right, others = (each == given)[of], (each == agreed)[of]
            lost, gained = (is_right & is_suspect[of]).sum(), (others & is_suspect[of]).sum()
            n, right = of.sum(), is_right.sum()
            where = f"classifier = 'c{number}' and group_name = '{name}'"
            (row,) = read(con, "label_noise_by_group", columns, where)
            expected = (
                n, is_suspect[of].sum(), is_suspect[of].mean(), right / n, (right - lost) / n,
                (right + gained) / n, (right - lost + gained) / n,
            )  # fmt: skip
            assert row == pytest.approx(tuple(map(float, expected)), abs=1e-12)


def test_a_gap_that_all_models_share_shrinks_as_well_so_it_is_no_proof(con):
    """What the note warns of: labels are right, and every model fails on the same faces of a group."""
    fill(con, samples=samples(80))
    fill(con, labels=labels("race", ["White"] * 40 + ["Black"] * 40) + labels("gender", [F] * 80))
    for number in (1, 2, 3):
        fill(con, classifiers=[classifier(number, f"c{number}")])
        fill(con, predictions=predictions([F] * 70 + [M] * 10, number))
    columns = "gap, gap_relabelled, suspect_share_max, suspect_share_min"
    assert set(read(con, "gaps_if_relabelled", columns)) == {(0.25, 0.0, 0.25, 0.0)}


def test_whoever_says_a_third_class_gains_nothing(con):
    fill(
        con, samples=samples(10), labels=labels("race", ["White"] * 10) + labels("gender", [F] * 10)
    )
    said = {"c1": ["Black"], "c2": ["Black"], "c3": ["Black"], "c4": ["Indian"], "c5": ["White"]}
    for number, (name, each) in enumerate(said.items(), 1):
        fill(con, classifiers=[classifier(number, name, "race")])
        fill(con, predictions=predictions(each + ["White"] * 9, number))
    columns = "classifier, accuracy, accuracy_low, accuracy_high, accuracy_relabelled"
    rows = read(con, "label_noise_by_group", columns, "group_attribute = 'gender'")
    assert rows == [
        *((f"c{i}", 0.9, 0.9, 1.0, 1.0) for i in (1, 2, 3)),
        ("c4", 0.9, 0.9, 0.9, 0.9),
        ("c5", 1.0, 0.9, 1.0, 0.9),
    ]


def test_groups_by_the_attribute_itself_are_left_out(con):
    noisy(con, 50)
    groups = {kind for (kind,) in read(con, "label_noise_by_group", "distinct group_attribute")}
    assert groups == {"overall", "race"}


def test_without_suspects_nothing_changes(con):
    noisy(con, 50, 1)
    assert read(con, "gaps_if_relabelled", "n_suspects, gap_change, gap - gap_relabelled") == [
        (0, 0, 0)
    ]
