from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint
from support.rows import classifier, encoder, fill, labels, predictions, read, samples

from facestore.importing.published_forms import (
    BOARD_METRICS,
    DISPARITY_METRICS,
    METRICS,
    OVERALL_METRICS,
)

COLUMNS = "classifier, group_name, n_samples, published, measured, difference, is_inside"


@pytest.fixture
def measured(con):
    """Give a classifier with four right of five."""
    fill(con, samples=samples(5), encoders=[encoder(1, "ViT-B-16"), encoder(2, "ViT-L-14")])
    fill(con, labels=labels("gender", ["Male", "Male", "Female", "Female", "Female"]))
    one = {"encoder_id": 1, "prompt_set": "raw", "aggregation": "topk", "k": 1}
    fill(con, classifiers=[classifier(1, "one", **one), classifier(2, "two", encoder_id=2)])
    fill(con, predictions=predictions(["Male", "Male", "Female", "Female", "Male"]))
    fill(con, predictions=predictions(["Female"] * 5, 2))
    return con


def publish(con, **row):
    figure = {
        "source": "paper",
        "dataset": "faces",
        "attribute": "gender",
        "group_attribute": "overall",
        "group_name": "overall",
        "metric": "accuracy",
        "value": 0.75,
    }
    fill(con, published_figures=[figure | row])


def test_a_figure_stands_beside_the_measured_one_and_its_interval(measured):
    publish(measured, architecture="ViT-B-16")
    low, high = proportion_confint(4, 5, method="wilson")
    rows = read(measured, "published_comparison", f"{COLUMNS}, ci_low, ci_high")
    interval = (pytest.approx(low), pytest.approx(high))
    assert rows == [("one", "overall", 5, 0.75, 0.8, pytest.approx(0.05), True, *interval)]


def test_a_figure_outside_the_interval_is_said_to_be(measured):
    publish(measured, classifier="one", value=0.2)
    assert read(measured, "published_comparison", "is_inside") == [(False,)]


# What a figure says of itself, and the classifier that it is compared with.
DESCRIBED = [
    ({"classifier": "two"}, "two"),
    ({"architecture": "ViT-L-14"}, "two"),
    ({"architecture": "ViT-B-16", "prompt_set": "raw", "k": 1}, "one"),
    ({"architecture": "ViT-B-16", "prompt_set": "other"}, None),
    ({"architecture": "ViT-B-16", "aggregation": "sum"}, None),
    ({"architecture": "ViT-B-16", "k": 2}, None),
    ({"architecture": "ViT-B-16", "pretrained": "openai"}, None),
    ({"architecture": "ViT-H-14"}, None),
    ({"architecture": "ViT-B-16", "split": "val"}, "one"),
    ({"architecture": "ViT-B-16", "split": "test"}, None),
    ({"architecture": "ViT-B-16", "taxonomy": "gender-2"}, "one"),
    ({"architecture": "ViT-B-16", "taxonomy": "gender-3"}, None),
    ({"architecture": "ViT-B-16", "dataset": "other"}, None),
    ({}, None),
]


def test_what_a_figure_says_of_itself_has_to_fit(measured):
    for described, _ in DESCRIBED:
        publish(measured, source=str(described), **described)
    rows = read(measured, "published_comparison", "source, classifier, measured")
    assert len(rows) == len(DESCRIBED)
    found = {source: (name, figure) for source, name, figure in rows}
    for described, expected in DESCRIBED:
        name, figure = found[str(described)]
        assert name == expected, described
        assert (name is None) == (figure is None), described


def test_groups_and_disparities_are_compared_too(measured):
    publish(measured, classifier="one", group_attribute="gender", group_name="Female")
    publish(
        measured,
        classifier="one",
        group_attribute="gender",
        group_name=None,
        metric="mean_minus_min",
        value=0.2,
    )
    rows = read(measured, "published_comparison", COLUMNS)
    third = pytest.approx(1 / 6)
    assert rows == [
        ("one", "Female", 3, 0.75, 2 / 3, pytest.approx(2 / 3 - 0.75), True),
        ("one", None, 5, 0.2, third, pytest.approx(1 / 6 - 0.2), None),
    ]


def test_equal_figures_of_a_source_keep_rows_of_their_own(measured):
    publish(measured, classifier="one")
    publish(measured, classifier="one")
    publish(measured, classifier="one", source="other paper")
    rows = read(measured, "published_comparison", "source, published_row, measured")
    assert rows == [("other paper", 1, 0.8), ("paper", 1, 0.8), ("paper", 2, 0.8)]


def test_measured_figures_has_the_metrics_that_an_import_takes(measured):
    found = read(measured, "measured_figures", "distinct metric, group_name is null")
    assert {name for name, _ in found} == set(METRICS) - set(BOARD_METRICS)
    assert {name for name, is_disparity in found if is_disparity} == set(DISPARITY_METRICS)
    assert {name for name, is_disparity in found if not is_disparity} == set(OVERALL_METRICS)


@pytest.mark.parametrize(
    ("view", "metric", "where"),
    [
        ("classifier_summary", "macro_f1", "true"),
        ("classifier_summary", "chance_adjusted_accuracy", "true"),
        ("accuracy_disparity", "accuracy_ratio", "group_attribute = 'gender'"),
    ],
)
def test_measured_figures_are_those_of_their_views(measured, view, metric, where):
    columns = "classifier, taxonomy, dataset, split, n_samples"
    expected = read(measured, view, f"{columns}, {metric}", where)
    found = read(measured, "measured_figures", f"{columns}, value", f"metric = '{metric}'")
    assert found == expected
    assert len(found) == 2
