"""What a classifier was trained or tuned on is marked at each figure, and has no rank."""

from __future__ import annotations

import pytest
from support.rows import classifier, fill, labels, predictions, read, samples

N = 40
# Views with rates of what a classifier gets right, and the columns that mark them.
MARKED = {
    "accuracy_by_agreement": ["seen"],
    "accuracy_by_group": ["seen"],
    "accuracy_by_white": ["seen"],
    "accuracy_disparity": ["seen"],
    "accuracy_gaps": ["seen"],
    "accuracy_if_relabelled": ["seen"],
    "accuracy_without_duplicates": ["seen"],
    "age_errors": ["seen"],
    "answers": ["seen"],
    "benchmark": ["seen"],
    "classification_report": ["seen"],
    "classifier_comparison": ["seen_a", "seen_b"],
    "classifier_summary": ["seen"],
    "clip_table_3": ["seen"],
    "clip_table_4": ["seen"],
    "clip_table_5": ["seen"],
    "conditional_gaps": ["seen"],
    "confusion_findings": ["seen"],
    "confusion_matrix": ["seen"],
    "demographic_parity": ["seen"],
    "equalized_odds": ["seen"],
    "gap_comparison": ["seen_a", "seen_b"],
    "gap_findings": ["seen"],
    "gaps_if_relabelled": ["seen"],
    "group_spread": ["seen"],
    "k_choices": ["seen"],
    "k_curves": ["seen"],
    "label_noise_by_group": ["seen"],
    "leaderboard": ["seen"],
    "leaderboard_without_duplicates": ["seen"],
    "main_classifiers": ["seen"],
    "measured_figures": ["seen"],
    "model_figures": ["seen"],
    "model_means": ["seen"],
    "predictive_parity": ["seen"],
    "published_comparison": ["seen"],
    "ranking_by_class": ["seen"],
    "rate_gaps": ["seen"],
    "rates_by_group": ["seen"],
    "selective_accuracy": ["seen"],
    "shrunken_accuracy": ["seen"],
    "yes_no_summary": ["seen"],
}


@pytest.fixture
def judged(con):
    """Give three classifiers of 40 samples in `train` and 40 in `val`; the probe is best on both."""
    fill(con, samples=samples(N, split="train") + samples(N, split="val", first=101))
    right = {"probe": (39, 30), "clip": (30, 28), "other": (20, 20)}
    for first, place in ((1, 0), (101, 1)):
        fill(con, labels=labels("gender", ["Male", "Female"] * (N // 2), first=first))
        fill(
            con, labels=labels("race", ["White", "Black", "Black", "White"] * (N // 4), first=first)
        )
        for i, n in enumerate(right.values(), 1):
            said = ["Male", "Female"] * (N // 2)
            turned = ["Male" if each == "Female" else "Female" for each in said]
            said[n[place] :] = turned[n[place] :]
            rows = predictions(said, i, first=first)
            fill(con, predictions=[row | {"margin": 0.5} for row in rows])
    fill(con, classifiers=[classifier(i, name) for i, name in enumerate(right, 1)])
    return con


def saw(con, purpose, split, *, dataset="faces", is_whole=False, classifier_id=1):
    row = {"classifier_id": classifier_id, "purpose": purpose, "dataset": dataset, "split": split}
    fill(con, classifier_data=[row | {"is_whole": is_whole}])


def marks(con, view="classifier_summary"):
    return dict(read(con, view, "split, seen", "classifier = 'probe'"))


def test_nothing_is_marked_where_nothing_is_known(judged):
    assert marks(judged) == {"train": None, "val": None}
    assert read(judged, "leaderboard", "split, rank", "classifier = 'probe'") == [
        ("train", 1),
        ("val", 1),
    ]


def test_the_split_of_the_training_has_no_rank_and_counts_for_no_rank(judged):
    saw(judged, "trained", "train")
    assert marks(judged) == {"train": "trained", "val": None}
    rows = read(judged, "leaderboard", "split, classifier, rank, rank_best, rank_worst")
    assert rows == [
        ("train", "clip", 1, 1, 2),
        ("train", "other", 2, 1, 2),
        ("train", "probe", None, None, None),
        ("val", "clip", 2, 1, 3),
        ("val", "other", 3, 1, 3),
        ("val", "probe", 1, 1, 3),
    ]
    without = read(
        judged, "leaderboard_without_duplicates", "split, classifier, rank_raw, rank_dedup"
    )
    assert without == [(split, name, rank, rank) for split, name, rank, *_ in rows]


@pytest.mark.parametrize(
    ("row", "marked"),
    [
        (("tuned", "val"), {"train": None, "val": "tuned"}),
        (("trained", None), {"train": None, "val": None}),
        (("trained", "test"), {"train": None, "val": None}),
    ],
)
def test_a_split_is_marked_by_its_name(judged, row, marked):
    saw(judged, *row)
    assert marks(judged) == marked


def test_a_whole_data_set_is_marked_in_each_split(judged):
    saw(judged, "tuned", None, is_whole=True)
    assert marks(judged) == {"train": "tuned", "val": "tuned"}


def test_of_both_purposes_trained_is_said(judged):
    saw(judged, "tuned", "val")
    saw(judged, "trained", "val")
    assert marks(judged) == {"train": None, "val": "trained"}


def test_samples_without_a_split_are_meant_by_a_split_of_null(judged):
    saw(judged, "trained", None)
    judged.execute("update samples set split = null where split = 'train'")
    assert marks(judged) == {None: "trained", "val": None}


def test_another_data_set_or_classifier_marks_nothing(judged):
    saw(judged, "trained", "val", dataset="others")
    saw(judged, "trained", "val", classifier_id=2)
    assert marks(judged) == {"train": None, "val": None}
    assert read(judged, "leaderboard", "rank", "classifier = 'clip' and split = 'val'") == [(None,)]


def test_pairs_mark_each_of_the_two(judged):
    saw(judged, "trained", "val")
    for view in ("classifier_comparison", "gap_comparison"):
        rows = read(judged, view, "distinct classifier_a, classifier_b, split, seen_a, seen_b")
        assert ("clip", "probe", "val", None, "trained") in rows
        assert ("clip", "probe", "train", None, None) in rows


def test_ranks_without_duplicates_count_missing_samples_as_wrong(judged):
    judged.execute("delete from predictions where classifier_id = 3 and sample_id > 110")
    rows = read(
        judged,
        "leaderboard_without_duplicates",
        "classifier, rank_raw, rank_dedup, accuracy_raw",
        "split = 'val'",
    )
    assert rows == [("clip", 2, 2, 0.7), ("other", 3, 3, 1.0), ("probe", 1, 1, 0.75)]


def test_every_view_of_accuracy_marks_its_figures(judged):
    saw(judged, "trained", "val")
    columns = dict(
        read(
            judged, "duckdb_columns()", "table_name, list(column_name)", "not internal group by all"
        )
    )
    for view, wanted in MARKED.items():
        assert set(wanted) <= set(columns[view]), view
    rated = ("accuracy", "recall", "true_positive_rate", "accuracy_raw", "accuracy_min", "gap")
    unmarked = {
        view
        for view, names in columns.items()
        if {"classifier", "split"} <= set(names) and set(rated) & set(names)
    } - MARKED.keys()
    # of classifiers that were neither trained nor tuned on the split alone
    unmarked -= {"best_classifier"}
    assert unmarked == set()
    for view in MARKED.keys() - {
        "accuracy_by_agreement", "gaps_if_relabelled", "label_noise_by_group",
        "accuracy_if_relabelled", "age_errors", "clip_table_3", "clip_table_4",
        "accuracy_by_white", "classifier_comparison", "gap_comparison", "published_comparison",
        # of a classifier that was trained or tuned on the split only where it is named, or has a k
        # of classifiers of several yes/no attributes
        "yes_no_summary",
        "answers", "confusion_findings", "gap_findings", "k_choices", "k_curves", "main_classifiers",
    }:  # fmt: skip
        seen = read(judged, view, "distinct split, seen", "classifier = 'probe'")
        assert seen == [("train", None), ("val", "trained")], view
