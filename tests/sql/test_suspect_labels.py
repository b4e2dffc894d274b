"""suspect_labels and accuracy_if_relabelled: independent judges against a label."""

from __future__ import annotations

import pytest
from support.rows import classifier, encoder, fill, labels, neighbours, predictions, read, samples

ALL = "sample_id, label, agreed_class, n_judges, n_against, n_agreed, agreement"


def fill_judges(con, *votes, label="Male", encoders=None):
    """Fill one sample a column of `votes`, each of which is one classifier's predictions."""
    n = len(votes[0])
    fill(con, samples=samples(n), labels=labels("gender", [label] * n))
    ids = encoders or [None] * len(votes)
    fill(con, encoders=[encoder(i, f"e{i}") for i in {i for i in ids if i}])
    for number, (each, encoder_id) in enumerate(zip(votes, ids, strict=True), start=1):
        fill(con, classifiers=[classifier(number, f"c{number}", encoder_id=encoder_id)])
        fill(con, predictions=predictions(each, number))


M, F = "Male", "Female"


def test_most_of_several_judges_make_a_label_suspect(con):
    fill_judges(con, [F, F, F, M], [F, F, M, M], [F, M, M, M])
    assert read(con, "suspect_labels", ALL) == [
        (1, M, F, 3, 3, 3, 1.0),
        (2, M, F, 3, 2, 2, pytest.approx(2 / 3)),
    ]


def test_half_of_the_judges_are_not_enough(con):
    fill_judges(con, [F], [F], [M], [M])
    assert read(con, "suspect_labels") == []


def test_one_judge_is_not_several(con):
    fill_judges(con, [F, M])
    assert read(con, "suspect_labels") == []


def test_classifiers_of_one_encoder_are_one_judge(con):
    fill_judges(con, [F], [F], [F], encoders=[1, 1, 1])
    assert read(con, "suspect_labels") == []


def test_a_model_in_two_precisions_is_one_judge(con):
    fill_judges(con, [F], [F], encoders=[1, 2])
    assert read(con, "suspect_labels", "n_judges") == [(2,)]
    con.execute("update encoders set architecture = 'e', pretrained = 'x'")
    assert read(con, "suspect_labels") == []
    con.execute("update encoders set pretrained = name")
    assert read(con, "suspect_labels", "n_judges") == [(2,)]


def test_an_encoder_votes_with_most_of_its_classifiers_and_in_a_tie_for_the_label(con):
    # sample 1: encoder 1 says Male by 2 of 3; sample 2: it is divided
    fill_judges(con, [M, M], [M, F], [F, None], [M, M], label=F, encoders=[1, 1, 1, 2])
    columns = "sample_id, n_judges, n_against, n_classifiers, n_classifiers_against"
    assert read(con, "suspect_labels", columns) == [(1, 2, 2, 4, 3)]


def test_a_model_and_a_classifier_of_the_same_name_are_two_judges(con):
    fill_judges(con, [F], [F], encoders=[2, None])
    con.execute("update classifiers set name = 'e2 ' where classifier_id = 2")
    assert read(con, "suspect_labels", "n_judges") == [(2,)]


def test_judges_who_disagree_among_themselves_do_not_agree_against_the_label(con):
    fill(con, samples=samples(2), labels=labels("race", ["White", "White"]))
    for number, guesses in enumerate(
        (["Black", "Black"], ["Indian", "Black"], ["White", "Indian"]), 1
    ):
        fill(con, classifiers=[classifier(number, f"c{number}", "race")])
        fill(con, predictions=predictions(guesses, number))
    columns = "sample_id, agreed_class, n_against, n_agreed"
    assert read(con, "suspect_labels", columns) == [(2, "Black", 3, 2)]


def test_neighbours_with_the_agreed_class_are_counted_once_and_in_both_directions(con):
    fill_judges(con, [F] * 5, [F] * 5)
    con.execute("update labels set label = 'Female' where sample_id in (2, 3)")
    con.execute("delete from labels where sample_id = 5")
    key = {i: f"sample:faces/{i}.jpg" for i in range(1, 6)}
    fill(con, encoders=[encoder(1, "x"), encoder(2, "y")])
    pairs = [(key[1], key[i], 0.95) for i in (2, 3, 4, 5)]
    fill(con, **neighbours(pairs, 1))
    fill(con, **neighbours(pairs[:2], 2))
    columns = "sample_id, n_neighbours, neighbour_share"
    # 5 has no label, so it says nothing; 4 has one neighbour, which is labelled Male
    assert read(con, "suspect_labels", columns) == [(1, 3, pytest.approx(2 / 3)), (4, 1, 0.0)]


def test_labels_of_neighbours_count_in_the_taxonomy_of_the_sample(con):
    fill(con, samples=samples(1), labels=labels("race", ["Black"]))
    fill(con, samples=samples(4, dataset="utk", first=2))
    fill(con, labels=labels("race", ["Asian", "White", "Others", "Black"], 2))
    fill(con, samples=samples(1, dataset="fair", first=6), labels=labels("race", ["East Asian"], 6))
    for number in (1, 2):
        fill(con, classifiers=[classifier(number, f"c{number}", "race")])
        fill(con, predictions=predictions(["White"], number, first=2))
    con.execute("update predictions set sample_id = 5, predicted = 'Southeast Asian'")
    fill(con, encoders=[encoder()])
    fill(con, **neighbours([("sample:fair/6.jpg", "sample:utk/5.jpg", 0.95)]))
    columns = "sample_id, agreed_class, neighbour_share"
    assert read(con, "suspect_labels", columns) == [(5, "Asian", 1.0)]


def test_the_most_suspect_come_first(con):
    fill_judges(con, [F] * 4, [F] * 4, [M, F, F, F])
    con.execute("update labels set label = 'Female' where sample_id = 4")
    fill(con, encoders=[encoder()])
    fill(con, **neighbours([("sample:faces/3.jpg", "sample:faces/4.jpg", 0.95)]))
    # 3 has all judges and a neighbour; 2 all judges; 1 two of three
    assert read(con, "suspect_labels", "rank, sample_id") == [(1, 3), (2, 2), (3, 1)]


def test_ranks_start_anew_in_each_split(con):
    fill_judges(con, [F, F], [F, F])
    con.execute("update samples set split = null where sample_id = 2")
    assert read(con, "suspect_labels", "split, rank") == [("val", 1), (None, 1)]


BOUNDS = (
    "classifier, n_samples, n_suspects, accuracy, accuracy_low, accuracy_high, accuracy_relabelled"
)


def test_accuracy_lies_between_what_the_suspects_could_cost_and_give(con):
    # 1 and 2 are suspect; c3 has 2 right now
    fill_judges(con, [F, F, M, M], [F, F, M, M], [F, M, F, M])
    assert read(con, "accuracy_if_relabelled", BOUNDS) == [
        ("c1", 4, 2, 0.5, 0.5, 1.0, 1.0),
        ("c2", 4, 2, 0.5, 0.5, 1.0, 1.0),
        ("c3", 4, 2, 0.5, 0.25, 0.75, 0.5),
    ]


def test_a_third_class_gains_nothing(con):
    fill(con, samples=samples(1), labels=labels("race", ["White"]))
    for number, guess in enumerate(("Black", "Black", "Indian"), 1):
        fill(con, classifiers=[classifier(number, f"c{number}", "race")])
        fill(con, predictions=predictions([guess], number))
    found = read(con, "accuracy_if_relabelled", BOUNDS, "classifier = 'c3'")
    assert found == [("c3", 1, 1, 0.0, 0.0, 0.0, 0.0)]


def test_without_suspects_there_is_nothing_to_bound(con):
    fill_judges(con, [M, F], [M, M])
    assert read(con, "accuracy_if_relabelled", BOUNDS) == [
        ("c1", 2, 0, 0.5, 0.5, 0.5, 0.5),
        ("c2", 2, 0, 1.0, 1.0, 1.0, 1.0),
    ]
