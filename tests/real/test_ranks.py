"""Ranks and the winner of the fifty gender classifiers of FairFace, and a probe that saw its samples."""

from __future__ import annotations

import numpy as np
import pytest

from facestore.store import Store

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("real")]


def test_paired_ranks_are_three_quarters_as_wide_as_single_ones(published_store):
    with Store.open(published_store) as store:
        widths = "select max(n_ranked), avg(rank_worst - rank_best + 1) from {} where attribute = 'gender'"
        ((n, paired),) = store.rows(widths.format("rank_intervals"))[1]
        ((_, single),) = store.rows(widths.format("(select *, 50 as n_ranked from leaderboard)"))[1]
        assert (n, round(single, 1), round(paired, 1)) == (50, 37.9, 28.7)
        (first,) = store.rows(
            "select rank_intervals.rank_best, rank_intervals.rank_worst, leaderboard.rank_worst "
            "from rank_intervals inner join leaderboard using (classifier, dataset, split) "
            "where rank_intervals.attribute = 'gender' and rank_intervals.rank = 1"
        )[1]
        assert tuple(first) == (1, 14, 29)


def test_the_winner_is_a_little_worse_on_faces_that_did_not_choose_it(published_store):
    with Store.open(published_store) as store:
        (row,) = store.rows(
            "select n_compared, accuracy, held_out_accuracy, ci_low_held_out, ci_high_held_out "
            "from best_classifier where attribute = 'gender'"
        )[1]
    assert [round(each, 4) for each in row] == [50, 0.9659, 0.9649, 0.9613, 0.9682]


@pytest.fixture(scope="module")
def probed(real_data, tmp_path_factory):
    """Give a store of 2,000 training faces in two halves, with a probe of race of each half."""
    folder = tmp_path_factory.mktemp("probed")
    fairface = real_data / "fairface"
    vectors = fairface / "rn50_openai_fairface_train2000.npz"
    with np.load(vectors) as content:
        wanted = set(content["files"].tolist())
    lines = (fairface / "labels_train.csv").read_text().splitlines()
    kept = [line for line in lines[1:] if line.split(",")[0] in wanted]
    (folder / "labels.csv").write_text("\n".join([lines[0], *kept]))
    with Store.open(folder / "store") as store:
        store.import_labels(folder / "labels.csv", dataset="fairface", create_samples=True)
        store.import_embeddings(vectors, dataset="fairface", model="RN50,openai")
        store.split(dataset="fairface", fractions={"one": 0.5, "two": 0.5})
        for split in ("one", "two"):  # with a penalty that is given: choosing it takes 15 fits
            store.train_probe(
                attributes=["race"], dataset="fairface", split=split, name=split, l2=1.0
            )
        yield store


def test_a_probe_ranks_only_on_faces_that_it_was_not_trained_on(probed):
    query = "select split, classifier, seen, rank, accuracy from leaderboard order by all"
    rows = [tuple(row) for row in probed.rows(query)[1]]
    assert [row[:4] for row in rows] == [
        ("one", "one race", "trained", None),
        ("one", "two race", None, 1),
        ("two", "one race", None, 1),
        ("two", "two race", "trained", None),
    ]
    own, other = rows[0][4], rows[2][4]
    assert own > other + 0.03
    best = probed.rows("select split, classifier from best_classifier order by all")[1]
    assert [tuple(row) for row in best] == [("one", "two race"), ("two", "one race")]


def test_check_leaves_out_what_a_probe_was_trained_on(probed):
    said = []
    probed.notify = said.append
    found = probed.check(min_accuracy=0.5)
    assert [(each.figure.split, each.figure.classifier) for each in found] == [
        ("two", "one race"),
        ("one", "two race"),
    ]
    (line,) = said
    assert "Left out: 2 classifiers where judged on what was used to train or tune them" in line
    assert "'one race' (fairface/one, trained)" in line
    assert len(probed.check(min_accuracy=0.5, include_trained=True)) == 4
