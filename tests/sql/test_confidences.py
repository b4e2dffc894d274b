"""Which samples a confidence, a calibration and a top-n accuracy go over; ties and ends of bins."""

from __future__ import annotations

import pytest
from support.rows import encoder, fill, labels, load, prompt_set, read, samples, similarities

RACES = ("White", "Black", "Indian")


def scored(con, cosines, given, *, logit_scale=10.0):
    """Fill a catalogue with one prompt a race: cosines by race, and the races of the faces."""
    fill(con, samples=samples(len(given)), labels=labels("race", given))
    fill(con, encoders=[encoder() | {"logit_scale": logit_scale}])
    fill(con, **prompt_set("set", "race", list(enumerate(RACES, 1))))
    load(con, similarities=similarities(dict(enumerate(cosines, 1))))


def test_a_sample_that_lacks_a_class_has_no_confidence(con):
    scored(con, [[0.3, 0.3], [0.2, 0.2], [0.1, None]], ["White", "White"])
    assert [i for (i,) in read(con, "zero_shot_confidences", "sample_id")] == [1]
    assert read(con, "top_n_accuracy(1)", "distinct n_samples") == [(1,)]


def test_an_encoder_without_logit_scale_has_no_confidence(con):
    scored(con, [[0.3], [0.2], [0.1]], ["White"], logit_scale=None)
    assert read(con, "zero_shot_confidences") == []
    assert read(con, "calibration") == []
    assert len(read(con, "top_n_accuracy(1)", "*", "aggregation = 'mean'")) == 2


def test_equal_scores_go_to_the_lowest_ordinal(con):
    scored(con, [[0.25], [0.25], [0.25]], ["Black"])
    fill(con, samples=samples(1, first=2), labels=labels("race", ["White"], first=2))
    load(con, similarities=similarities({1: [0.25], 2: [0.25], 3: [0.25]}, first=2))
    assert (
        read(con, "zero_shot_confidences", "predicted, confidence")
        == [("White", pytest.approx(1 / 3))] * 2
    )
    shares = [
        read(con, f"top_n_accuracy({n})", "accuracy", "group_name = 'overall'")[0][0]
        for n in (1, 2, 3)
    ]
    assert shares == [0.5, 1.0, 1.0]


def test_full_confidence_is_in_the_last_bin(con):
    scored(con, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], ["White", "White"], logit_scale=10_000.0)
    columns = "bin, confidence_from, confidence_to, n_samples, confidence, accuracy"
    assert read(con, "calibration_bins", columns, "group_name = 'overall'") == [
        (15, 14 / 15, 1.0, 2, 1.0, 0.5)
    ]
    figures = "n_bins, expected_calibration_error, overconfidence"
    assert read(con, "calibration", figures, "group_name = 'overall'") == [(1, 0.5, 0.5)]


def test_a_sum_is_no_cosine_and_has_no_confidence(con):
    scored(con, [[0.3], [0.2], [0.1]], ["White"])
    assert read(con, "zero_shot_confidences", "aggregation") == [("mean",)]
    assert read(con, "top_n_accuracy(1)", "distinct aggregation") == [("mean",), ("sum",)]


def test_a_prediction_of_another_taxonomy_is_judged_in_that_of_the_labels(con):
    scored(con, [[0.1], [0.2], [0.3]], ["Others"])
    other = {"prompt_set": "set", "prompt_id": 4, "attribute": "race", "class": "Middle Eastern"}
    fill(con, prompts=[{"prompt_id": 4, "text": "p4"}], prompt_classes=[other])
    load(con, similarities=similarities({4: [0.9]}))
    assert read(con, "calibration", "taxonomy, accuracy", "group_name = 'overall'") == [
        ("UTKFace-5", 1.0)
    ]
    where = "group_name = 'overall' and aggregation = 'mean'"
    assert read(con, "top_n_accuracy(1)", "taxonomy, accuracy", where) == [("UTKFace-5", 1.0)]
