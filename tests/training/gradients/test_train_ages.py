"""Ages in years through the store: on images and on stored vectors, judged by the views."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import polars as pl
import pytest
from faces import write_faces
from support.copied import copy_as_own

from facestore.errors import InputError, UnknownNameError
from facestore.store import Store
from facestore.training.files import load_heads
from facestore.training.gradients.loop_options import VECTOR_LOOP, LoopOptions
from facestore.training.heads import AgeOptions

pytestmark = pytest.mark.portable

N_TRAIN, N_VAL = 48, 16
QUICK = replace(VECTOR_LOOP, epochs=12, head_lr=3e-2)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ages")
    labels = write_faces(folder / "faces", N_TRAIN + N_VAL, seed=31, size=96, years=True)
    table = pl.read_csv(labels).with_row_index()
    is_fitted = pl.col("index") < N_TRAIN
    table.with_columns(
        split=pl.when(is_fitted).then(pl.lit("train")).otherwise(pl.lit("val"))
    ).drop("index").write_csv(labels)
    groups = write_faces(folder / "groups", 8, seed=33, size=96)
    with Store.open(folder / "store") as store:
        store.migrate()
        store.set("min_samples", 1)
        for name, of in (("faces", labels), ("groups", groups)):
            store.ingest(folder / name, dataset=name, labels=of, models=["tiny"], workers=0)
    return folder


@pytest.fixture
def store(made, tmp_path):
    copy_as_own(made / "store", tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def rows(store, query):
    return store.sql(query).fetchall()


def test_ages_on_stored_vectors_are_rows_of_the_views(store):
    summary = store.train_age(
        dataset="faces", on_vectors=True, loop=QUICK, name="years", data_licence="CC0"
    )
    assert summary.predictions.n_new == 2 * (N_TRAIN + N_VAL)
    assert summary.heads.training["age"] == asdict(AgeOptions())
    assert load_heads(summary.path).description() == summary.heads.description()

    ((n, mae, bias),) = rows(
        store,
        "select n_samples, mae, bias from age_errors "
        "where split = 'val' and group_attribute = 'overall'",
    )
    pairs = rows(
        store,
        "select predictions.value, labels.value, predicted, score from predictions "
        "inner join classifiers using (classifier_id) inner join samples using (sample_id) "
        "inner join labels using (sample_id) where classifiers.name = 'years age' "
        "and labels.attribute = 'age' and split = 'val'",
    )
    said, true = np.array([[a, b] for a, b, _, _ in pairs]).T
    assert n == 16
    assert mae == pytest.approx(np.abs(said - true).mean())
    assert bias == pytest.approx((said - true).mean())
    assert mae < 20  # the mean age for everybody: 23 years
    ranges = {
        name: (low, high if high is not None else 999)
        for name, low, high in rows(
            store, "select class, low, high from classes where attribute = 'age'"
        )
    }
    for years, _, name, score in pairs:
        low, high = ranges[name]
        assert low <= max(0, years) < high + 1
        assert score is None
    assert rows(store, "select count(*) from leaderboard where split = 'val'") == [(2,)]
    assert rows(store, "select sum(n_samples) from age_decade_confusion where split = 'val'") == [
        (16,)
    ]

    card = summary.path.with_suffix(".md").read_text()
    assert "0.5 / 10 x mse of age + 0.5 / 0.8 x cross entropy of gender" in card
    assert f"| faces | val | overall | 16 | {mae:.2f} |" in card
    again = store.train_age(
        dataset="faces", on_vectors=True, loop=QUICK, name="years", data_licence="CC0"
    )
    assert (again.is_new, again.predictions.n_new) == (False, 0)
    with pytest.raises(InputError, match="give these another `name=`"):
        store.train_age(
            dataset="faces", on_vectors=True, loop=QUICK, name="years", age=AgeOptions(share=0.7)
        )
    assert {each.status for each in store.doctor()} <= {"ok", "note"}


def test_the_curves_of_what_is_held_back_are_those_of_the_views(store):
    summary = store.train_age(
        dataset="faces", on_vectors=True, loop=QUICK, val_split="val", name="years"
    )
    best = summary.heads.training["best_epoch"]
    found = dict(
        rows(
            store,
            "select metric, value from training_steps inner join classifiers using "
            f"(classifier_id) where name = 'years age' and split = 'validation' and step = {best}",
        )
    )
    ((mae, within),) = rows(
        store,
        "select mae, within_8_years from age_errors where split = 'val' "
        "and group_attribute = 'overall'",
    )
    assert found["mae"] == pytest.approx(mae, rel=1e-4)
    assert found["within_8_years"] == within
    ((accuracy,),) = rows(
        store,
        "select accuracy from classifier_summary where split = 'val' and classifier = 'years age'",
    )
    assert found["accuracy"] == accuracy


def test_ages_on_images_train_the_last_block(store):
    loop = LoopOptions(epochs=2, batch_size=16, lr=3e-4, head_lr=1e-2)
    summary = store.train_age(
        dataset="faces", blocks=1, loop=loop, workers=0, age=AgeOptions(loss="huber", delta=7)
    )
    age, gender = summary.heads.tasks
    assert (age.loss, age.delta, age.weight, age.divisor) == ("huber", 7, 0.5, 10)
    assert (gender.weight, gender.divisor) == (0.5, 0.8)
    assert age.center == pytest.approx(
        rows(
            store,
            "select avg(value) from labels inner join samples using (sample_id) "
            "where attribute = 'age' and split = 'train'",
        )[0][0],
        abs=6,
    )  # of those that are fitted
    assert summary.predictions.n_new == 2 * (N_TRAIN + N_VAL)
    assert len(rows(store, "select * from age_errors where split = 'val'")) > 1
    card = summary.card.read_text()
    assert "huber of age (from squares to lengths at 7)" in card
    assert "the last 1 block of" in card


def test_ages_by_group_cannot_be_learned_in_years(store):
    with pytest.raises(InputError, match="0 samples of data set 'groups'"):
        store.train_age(dataset="groups", split=None, on_vectors=True, loop=QUICK)
    with pytest.raises(UnknownNameError, match="No loss 'mae'"):
        store.train_age(
            dataset="faces", on_vectors=True, loop=VECTOR_LOOP, age=AgeOptions(loss="mae")
        )
