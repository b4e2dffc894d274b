"""A classifier of FairFace that answers only the faces it is sure of: it gains nothing by that."""

from __future__ import annotations

import shutil

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]

HONEST = "ViT-L-14 openai imported raw_gender_labels gender topk 1"
N, N_EASY = 10_954, 5_531


@pytest.fixture(scope="module")
def picky(published_store, tmp_path_factory):
    """Give the published store with a copy of a classifier that answers its surest half only."""
    folder = tmp_path_factory.mktemp("picky") / "store"
    shutil.copytree(published_store, folder)
    with duckdb.connect(folder / "facestore.duckdb") as con:
        con.execute(
            "insert into classifiers (classifier_id, name, kind, attribute) "
            "select max(classifier_id) + 1, 'picky', 'imported', 'gender' from classifiers"
        )
        con.execute(
            "insert into predictions select (select max(classifier_id) from classifiers), "
            "predictions.* exclude (classifier_id) from predictions "
            "inner join classifiers using (classifier_id) where classifiers.name = $name "
            f"order by margin desc limit {N_EASY}",
            {"name": HONEST},
        )
    with Store.open(folder) as store:
        yield store


def test_what_it_leaves_out_counts_as_wrong(picky):
    columns = "n_samples, n_missing, coverage, accuracy, accuracy_at_least, ci_low_at_least, ci_high_at_least"
    (row,) = picky.rows(f"select {columns} from classifier_summary where classifier = 'picky'")[1]
    assert row[:2] == (N_EASY, N - N_EASY)
    assert [round(each, 4) for each in row[2:5]] == [0.5049, 0.9908, 0.5003]
    low, high = proportion_confint(round(0.9908 * N_EASY), N, method="wilson")
    assert row[5:] == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def test_it_ranks_last_and_is_no_headline(picky):
    query = (
        "select classifier, rank, rank_best, rank_worst from leaderboard where attribute = 'gender'"
    )
    ranks = {name: rest for name, *rest in picky.rows(query)[1]}
    assert ranks["picky"] == [len(ranks)] * 3
    assert ranks[HONEST][0] < len(ranks)


def test_check_fails_it(picky):
    found = {
        each.figure.classifier: each
        for each in picky.check(min_accuracy=0.9, classifiers=["picky", HONEST])
    }
    assert found[HONEST].is_passed
    assert not found["picky"].is_passed
    assert found["picky"].figure.value == pytest.approx(0.5003, abs=5e-5)
    assert found["picky"].figure.details == (
        "0.9908 of 5531; 5423 without a prediction count as wrong"
    )
