"""A head that has learnt nothing is not written, and one that says one thing of everybody is told."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from facestore.cli.summaries import lines_of
from facestore.errors import InputError
from facestore.store import Store
from facestore.training.gradients.loop_options import VECTOR_LOOP
from facestore.training.heads import AgeOptions

N = 60
QUICK = replace(VECTOR_LOOP, epochs=2)
COMMON = {"dataset": "d", "on_vectors": True, "loop": QUICK, "name": "years"}


def write_inputs(folder):
    made = np.random.default_rng(0).normal(size=(N, 8)).astype("float32")
    np.savez(folder / "v.npz", files=np.array([f"{i}.jpg" for i in range(N)]), emb=made)
    rows = [f"{i}.jpg,{'Male' if i % 2 else 'Female'},{20 + i % 30}\n" for i in range(N)]
    (folder / "l.csv").write_text("file,gender,age\n" + "".join(rows))


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("untrained")
    shutil.copytree(new_store, folder / "store")
    write_inputs(folder)
    with Store.open(folder / "store") as opened:
        opened.import_embeddings(
            folder / "v.npz", dataset="d", split="train", model="RN50,openai", create_samples=True
        )
        opened.import_labels(folder / "l.csv", dataset="d")
    return folder


@pytest.fixture
def store(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with Store.open(tmp_path / "store") as opened:
        yield opened


def judged(store):
    return {name for (name,) in store.sql("select distinct classifier from leaderboard").fetchall()}


@pytest.mark.parametrize(
    ("age", "left", "gone", "why"),
    [
        (AgeOptions(share=1), "age", "gender", "it has no share of the loss"),
        (AgeOptions(share=0), "gender", "age", "it has no share of the loss"),
        (AgeOptions(gender_divisor=1e30), "age", "gender", "nothing was learnt of it"),
    ],
)
def test_a_head_without_a_share_of_the_loss_is_left_out_everywhere(store, age, left, gone, why):
    summary = store.train_age(age=age, **COMMON)
    assert summary.predictions.classifiers == (f"years {left}",)
    assert any(
        line.startswith(f"{gone}: no head of it is written: {why}") for line in lines_of(summary)
    )
    assert store.sql("select name from classifiers").fetchall() == [(f"years {left}",)]
    assert set(summary.heads.classes) == {left}
    assert judged(store) == {f"years {left}"}
    assert f"years {gone}" not in summary.card.read_text()
    assert store.sql(
        "select counts ->> 'n_heads' from runs where command = 'train age'"
    ).fetchall() == [("1",)]
    again = store.train_age(age=age, **COMMON)
    assert (again.is_new, again.predictions.n_new) == (False, 0)


def test_both_heads_are_kept_where_both_have_a_share(store):
    summary = store.train_age(age=AgeOptions(share=0.999), **COMMON)
    assert summary.predictions.classifiers == ("years age", "years gender")


def test_a_training_that_teaches_nothing_writes_nothing_and_its_advice_works(store):
    slow = COMMON | {"loop": replace(QUICK, head_lr=1e-30)}
    with pytest.raises(
        InputError, match=r"No head has learnt anything, .* give a higher `head_lr=`"
    ):
        store.train_age(**slow)
    assert list(store.heads_folder().glob("*.safetensors")) == []
    assert store.sql("from classifiers").fetchall() == []
    assert store.train_age(**COMMON).is_new


def test_a_head_that_says_one_class_of_everybody_is_told(store):
    labels = store.path.parent / "m.csv"
    labels.write_text("file,mood\n" + "".join(f"{i}.jpg,{'a' if i else 'b'}\n" for i in range(N)))
    store.import_labels(labels, dataset="d", attributes=["mood"], new_classes=True)
    (summary,) = store.train_probe(attributes=["mood"], dataset="d", l2=1e12, val_fraction=0)
    name = summary.predictions.classifiers[0]
    assert lines_of(summary)[-2] == f"{name!r} says 'a' of all 60 samples: it tells nothing apart"


@pytest.mark.usefixtures("store_is_there")
def test_the_fault_as_it_was_seen(facestore, tmp_path):
    write_inputs(tmp_path)
    facestore("import", "embeddings", tmp_path / "v.npz", "--dataset", "d", "--split", "train",
              "--model", "RN50,openai", "--create-samples")  # fmt: skip
    facestore("import", "labels", tmp_path / "l.csv", "--dataset", "d")
    ran = facestore("train", "age", "--vectors", "--dataset", "d", "--epochs", 2, "--loss-weight", 1,
                    "--name", "years")  # fmt: skip
    assert ran.status == 0
    assert "gender: no head of it is written: it has no share of the loss" in ran.out
    assert "60 predictions by 'years age'\n" in ran.out
