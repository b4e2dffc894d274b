"""The metrics of a training: the store's views, on what is held back."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from facestore.records import AttributeClass
from facestore.training.decisions import Decided, decide, together
from facestore.training.gradients.validation import ValidationMetrics
from facestore.training.heads import NO_CLASS, HeadTask
from facestore.training.predictions import prediction_rows

AGES = [AttributeClass("young", 1, 0, 29), AttributeClass("old", 2, 30, None)]
MOODS = [AttributeClass(name, i) for i, name in enumerate(("glad", "sad", "calm"), 1)]
TASKS = (
    HeadTask("mood", ("glad", "sad", "calm")),
    HeadTask("age", loss="mse"),
)
N = 200


@pytest.fixture(scope="module")
def judged():
    rng = np.random.default_rng(0)
    moods = rng.integers(0, 3, N)
    ages = rng.uniform(0, 90, N)
    found = np.where(rng.random(N) < 0.6, moods, rng.integers(0, 3, N))
    years = ages + rng.normal(2, 9, N)
    unknown = rng.random(N) < 0.2
    targets = {
        "mood": np.where(unknown, NO_CLASS, moods),
        "age": np.where(unknown[::-1], np.nan, ages),
    }
    metrics = ValidationMetrics(TASKS, targets, {"mood": MOODS, "age": AGES})
    names = [TASKS[0].classes[i] for i in found]
    ones = np.ones(N)
    decided = {"mood": Decided(names, ones, ones), "age": Decided(value=years)}
    # What was judged before leaves nothing behind.
    metrics({"mood": Decided(["sad"] * N, ones, ones), "age": Decided(value=ones)})
    figures = metrics(decided)
    metrics.close()
    return targets, found, years, figures


def test_classes_are_judged_as_scikit_learn_does(judged):
    targets, found, _, figures = judged
    known = targets["mood"] != NO_CLASS
    truth, said = targets["mood"][known], found[known]
    assert figures["mood"] == {
        "accuracy": pytest.approx(accuracy_score(truth, said)),
        "balanced_accuracy": pytest.approx(balanced_accuracy_score(truth, said)),
        "macro_f1": pytest.approx(f1_score(truth, said, average="macro")),
    }


def test_ages_are_judged_in_years_and_as_classes(judged):
    targets, _, years, figures = judged
    known = ~np.isnan(targets["age"])
    errors = years[known] - targets["age"][known]
    assert figures["age"]["mae"] == pytest.approx(np.abs(errors).mean())
    assert figures["age"]["bias"] == pytest.approx(errors.mean())
    assert figures["age"]["within_8_years"] == pytest.approx((np.abs(errors) <= 8).mean())
    as_class = (years[known] >= 30) == (targets["age"][known] >= 30)
    assert figures["age"]["accuracy"] == pytest.approx(as_class.mean())


def test_decisions_on_batches_are_joined_in_order():
    logits = np.random.default_rng(2).normal(size=(9, 3))
    parts = [decide(part, ("a", "b", "c")) for part in np.array_split(logits, 4)]
    whole, joined = decide(logits, ("a", "b", "c")), together(parts)
    assert joined.predicted == whole.predicted
    np.testing.assert_array_equal(joined.score, whole.score)
    np.testing.assert_array_equal(joined.margin, whole.margin)
    years = together([decide(part, ()) for part in np.array_split(logits[:, 0], 2)])
    np.testing.assert_array_equal(years.value, logits[:, 0])
    assert (years.predicted, years.score) == (None, None)


def test_a_number_is_in_the_class_of_its_completed_years():
    classes = [AttributeClass("0-2", 1, 0, 2), AttributeClass("3-9", 2, 3, 9)]
    decided = Decided(value=np.array([-4.0, 2.9, 3.0, 9.99, 10.0]))
    rows = prediction_rows("c", pl.Series(range(5), dtype=pl.Int32), decided, classes)
    assert rows["predicted"].to_list() == ["0-2", "0-2", "3-9", "3-9", None]
    assert rows["value"].to_list() == [-4.0, 2.9, 3.0, 9.99, 10.0]
    assert rows["score"].null_count() == 5
