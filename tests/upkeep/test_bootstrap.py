"""`facestore bootstrap`: what is drawn, what stays, and what is drawn again."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from support import rows

from facestore.errors import InputError, UnknownNameError
from facestore.store import Store
from facestore.upkeep import bootstrap as room

FIGURES = "select classifier, group_name, measure, n_replicates, seed, ci_low from bootstrap_intervals order by all"
KEPT = "select bootstrap_id, replicate, value from bootstrap_figures order by all"


@pytest.fixture
def store(store_is_there, tmp_path):
    """Give a store of 300 faces and two classifiers of gender."""
    rng = np.random.default_rng(0)
    truth = rng.choice(["Male", "Female"], 300)
    with duckdb.connect(tmp_path / "store" / "facestore.duckdb") as con:
        rows.load(con, samples=rows.samples(200) + rows.samples(100, split="test", first=201))
        rows.load(con, labels=rows.labels("gender", truth.tolist()))
        rows.load(con, labels=rows.labels("race", ["White", "Black", "Indian"] * 100))
        for i, name in ((1, "one"), (2, "two")):
            rows.fill(con, classifiers=[rows.classifier(i, name)])
            said = np.where(rng.random(300) < 0.8, truth, "Male")
            rows.load(con, predictions=rows.predictions(said.tolist(), i))
    with Store.open(tmp_path / "store") as opened:
        yield opened


def test_all_is_drawn_once(store):
    summary = store.bootstrap(replicates=50)
    # two classifiers, two splits, two measures
    assert (summary.n_figures, summary.n_classifiers, summary.n_new) == (8, 2, 8)
    found = store.sql(FIGURES).fetchall()
    assert len(found) == 8
    assert {each[3:5] for each in found} == {(50, 0)}
    kept = store.sql(KEPT).fetchall()
    assert len(kept) == 8 * 50
    runs = "select count(*) from runs where command = 'bootstrap'"
    assert store.sql(runs).fetchall() == [(1,)]
    again = store.bootstrap(replicates=50)
    assert (again.n_figures, again.n_new) == (8, 0)
    assert store.sql(KEPT).fetchall() == kept
    assert store.sql(runs).fetchall() == [(1,)]
    assert not [each for each in store.doctor() if each.status == "failed"]


def test_only_what_is_asked_for_is_drawn(store):
    store.bootstrap(classifiers=["two"], split="test", groups=["race"], replicates=5)
    found = {(each[0], each[1]) for each in store.sql(FIGURES).fetchall()}
    assert found == {("two", race) for race in ("White", "Black", "Indian")}


def test_more_replicates_are_added_to_those_that_are_there(store):
    store.bootstrap(classifiers=["one"], replicates=20)
    before = store.sql(KEPT).fetchall()
    assert store.bootstrap(classifiers=["one"], replicates=10).n_new == 0
    store.bootstrap(classifiers=["one"], replicates=30)
    after = store.sql(KEPT).fetchall()
    assert [each for each in after if each[1] <= 20] == before
    store.execute("delete from bootstraps; delete from bootstrap_figures")
    store.bootstrap(classifiers=["one"], replicates=30)
    assert store.sql(KEPT).fetchall() == after


def test_another_seed_and_other_predictions_are_drawn_anew(store):
    store.bootstrap(replicates=10)
    assert store.bootstrap(replicates=10, seed=3).n_of_other_seed == 8
    assert {each[4] for each in store.sql(FIGURES).fetchall()} == {3}
    store.execute("update predictions set predicted = 'Male' where classifier_id = 1")
    assert {each[0] for each in store.sql(FIGURES).fetchall()} == {"two"}
    assert store.bootstrap(replicates=10, seed=3).n_new == 4
    assert len(store.sql(FIGURES).fetchall()) == 8
    assert store.sql("select count(*) from bootstrap_figures").fetchall() == [(80,)]


def test_what_was_drawn_stays_when_it_is_killed(store, monkeypatch):
    monkeypatch.setattr(room, "_WEIGHTS_AT_ONCE", 1_000)
    draw = type(store.catalog.bootstraps).draw
    drawn = []

    def fail_later(self, *arguments):
        drawn.append(arguments)
        if len(drawn) > 6:
            raise KeyboardInterrupt
        return draw(self, *arguments)

    monkeypatch.setattr(type(store.catalog.bootstraps), "draw", fail_later)
    with pytest.raises(KeyboardInterrupt):
        store.bootstrap(replicates=40)
    kept = store.sql(KEPT).fetchall()
    assert 0 < len(kept) < 8 * 40
    monkeypatch.undo()
    assert not [each for each in store.doctor("bootstraps_are_whole") if each.status == "failed"]
    store.bootstrap(replicates=40)
    after = store.sql(KEPT).fetchall()
    assert set(kept) <= set(after)
    store.execute("delete from bootstraps; delete from bootstrap_figures")
    store.bootstrap(replicates=40)
    assert [each[2] for each in store.sql(KEPT).fetchall()] == [each[2] for each in after]


def test_it_goes_with_what_it_is_of(store):
    n_kept = "select count(*), (select count(*) from bootstrap_figures) from bootstraps"
    store.bootstrap(replicates=2)
    store.rename_classifier("one", "first")
    assert {each[0] for each in store.sql(FIGURES).fetchall()} == {"first", "two"}
    store.remove_classifier("first")
    assert store.sql(n_kept).fetchall() == [(4, 8)]
    store.rename_dataset("faces", "people")
    assert store.sql(n_kept).fetchall() == [(0, 0)]
    store.bootstrap(replicates=2)
    store.remove_dataset("people")
    assert store.sql(n_kept).fetchall() == [(0, 0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"replicates": 1}, "`replicates=1`: a number from 2 to 100,000"),
        ({"seed": -1}, "`seed=-1`: a whole number from 0"),
        ({"attribute": "gender", "dataset": "faces", "split": "wild"}, "Nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_said(store, arguments, message):
    store.execute(
        "insert into samples (sample_id, dataset, path, split) values (900, 'faces', 'x', 'wild')"
    )
    with pytest.raises(InputError, match=message):
        store.bootstrap(**arguments)
    with pytest.raises(UnknownNameError, match="three"):
        store.bootstrap(classifiers=["three"])


def test_the_command_says_in_one_line_what_it_did(store, facestore):
    store.close()
    ran = facestore("bootstrap", "--replicates", 10)
    assert ran.out == "8 of 8 figures of 2 classifiers drawn 10 times each with seed 0\n"
    ran = facestore("bootstrap", "--replicates", 10)
    assert ran.out == "as before: 8 figures of 2 classifiers, drawn 10 times each with seed 0\n"
    ran = facestore("bootstrap", "--replicates", 10, "--seed", 1, "--classifier", "one")
    assert ran.out == (
        "4 of 4 figures of 1 classifier drawn 10 times each with seed 1; 4 of them had been drawn "
        "with another seed\n"
    )
