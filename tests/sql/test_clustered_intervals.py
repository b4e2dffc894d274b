"""Every interval is of as many independent samples as there are: copies of samples add nothing."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from support.people import draw, figures, fill_people
from support.rows import classifier, fill, labels, load, predictions, read, samples

from facestore.catalog.counts import keep

Con = duckdb.DuckDBPyConnection
K = 3
VIEWS = (
    "accuracy_by_group", "accuracy_by_white", "accuracy_disparity", "accuracy_gaps", "accuracy_gaps_among(40)",
    "accuracy_without_duplicates", "classifier_comparison", "classifier_summary", "clip_table_5",
    "demographic_parity", "equalized_odds", "gap_comparison", "group_spread", "leaderboard",
    "predicted_shares", "predictive_parity", "rate_gaps", "selective_accuracy", "shrunken_accuracy",
)  # fmt: skip
# Not counted by classifier, or of what else than being right: a person counts once.
OF_PERSONS = (
    "accuracy_by_agreement", "age_errors", "age_errors_within(3)", "annotator_agreement", "best_classifier", "best_k", "best_wording",
    "bootstrap_intervals", "calibration", "calibration_bins", "class_averages_by_group", "k_curves", "k_sweep",
    "k_sweep_without_duplicates", "label_noise_by_group", "prompt_sensitivity",
    "ranking_skew_by_group('a face of a man', 'a face of a woman', 'race', 30 * {copies})", "region_shares_by_group",
    "top_n_accuracy(1)", "wording_accuracy",
)  # fmt: skip
# Variances of samples by n - 1, and so of copies nearly the same.
NEARLY = ("conditional_gaps", "auc_by_group('race')")


@pytest.mark.parametrize("seed", range(2))
def test_copies_of_every_sample_change_no_interval(con: Con, new_catalogue, seed: int) -> None:
    fill_people(con, seed, 1)
    draw(con)
    with duckdb.connect() as copied:
        copied.execute(f"attach '{new_catalogue}' as new (read_only)")
        copied.execute("copy from database new to memory")
        fill_people(copied, seed, K)
        draw(copied)
        assert read(con, "cluster_effects") == read(con, "cluster_sizes") == []
        assert {icc for (icc,) in read(copied, "cluster_effects", "icc")} == {1}
        assert {size for (size,) in read(copied, "cluster_sizes", "mean_cluster_size")} == {K}
        for view in (*VIEWS, *OF_PERSONS, *NEARLY):
            before = figures(con, view.format(copies=1))
            after = figures(copied, view.format(copies=K))
            assert before.keys() == after.keys() != set(), view
            tolerance = {"rel": 0.1, "abs": 0.05} if view in NEARLY else {"rel": 1e-9, "abs": 1e-9}
            for key, expected in before.items():
                assert after[key] == pytest.approx(expected, **tolerance), (view, key)


def ranks_of(con: Con, copies: int, *, are_known: bool) -> list[tuple[Any, ...]]:
    """Give ranks of two classifiers that differ on 7 of 40 people: 6 to 1, and 1.89 errors apart."""
    people = range(40)
    fill(con, samples=samples(len(people) * copies))
    if are_known:
        con.execute(f"update samples set person_id = (sample_id - 1) // {copies}")
    load(con, labels=labels("gender", ["Male"] * len(people) * copies))
    fill(con, classifiers=[classifier(1, "one"), classifier(2, "two")])
    for number, wrong in ((1, {0}), (2, {1, 2, 3, 4, 5, 6})):
        said = ["Female" if i in wrong else "Male" for i in people for _ in range(copies)]
        load(con, predictions=predictions(said, number))
    keep(con)
    return sorted(read(con, "rank_intervals", "classifier, rank, rank_best, rank_worst"))


@pytest.mark.parametrize(
    ("copies", "are_known", "last"), [(1, True, 2), (K, True, 2), (K, False, 1)]
)
def test_copies_of_people_decide_no_rank(con: Con, copies: int, are_known: bool, last: int) -> None:
    ranks = ranks_of(con, copies, are_known=are_known)
    assert ranks == [("one", 1, 1, last), ("two", 2, 3 - last, 2)]


def test_without_clusters_an_interval_is_of_all_samples_to_the_last_bit(con: Con) -> None:
    fill_people(con, 5, 1)
    for view in ("accuracy_by_group", "accuracy_by_white", "classifier_summary"):
        right = "n_correct" if view != "classifier_summary" else "round(accuracy * n_samples)"
        wrong = (
            f"n_effective is distinct from n_samples or ci_low <> wilson_low({right}, n_samples) "
            f"or ci_high <> wilson_high({right}, n_samples)"
        )
        assert read(con, view, "classifier", wrong) == []
    pairs = "n_right_a, n_samples, n_right_b, n_samples, correlation"
    with_counts = (
        "(select *, n_both_right + n_only_a as n_right_a, n_both_right + n_only_b as n_right_b, "
        "pair_correlation(n_both_right, n_only_a, n_only_b, n_both_wrong) as correlation "
        "from classifier_comparison)"
    )
    wrong = (
        f"ci_low <> difference_low({pairs}) or ci_high <> difference_high({pairs}) "
        "or p_value <> mcnemar_exact(n_only_a, n_only_b) or n_effective <> n_samples"
    )
    assert read(con, with_counts, "classifier_a", wrong) == []
    assert read(con, "classifier_comparison") != []


def test_some_copies_make_an_interval_wider_and_no_figure_another(con: Con) -> None:
    fill_people(con, 7, 1)
    columns = "classifier, group_attribute, group_name, accuracy, ci_high - ci_low"
    before = {row[:3]: row[3:] for row in read(con, "accuracy_by_group", columns)}
    con.execute("update samples set person_id = person_id::integer // 5")
    con.execute("delete from counted_datasets")
    con.execute("delete from counted_predictions")
    for table in ("prediction_counts", "cluster_counts", "sample_cells", "cell_counts", "cell_groups", "label_counts"):  # fmt: skip
        con.execute(f"delete from kept_{table}")
    keep(con)
    after = {row[:3]: row[3:] for row in read(con, "accuracy_by_group", columns)}
    wider = 0
    for key, (accuracy, width) in before.items():
        assert after[key][0] == accuracy
        assert after[key][1] >= width - 1e-12
        wider += after[key][1] > width + 1e-6
    assert wider
    assert read(con, "cluster_effects", "classifier", "icc > 0") != []
