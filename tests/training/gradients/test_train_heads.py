"""Fine-tuned heads through the store: trained on images, resumed, refused, judged by the views."""

from __future__ import annotations

import dataclasses
import json
import shutil

import pytest
from faces import write_faces
from support.copied import copy_as_own

from facestore.errors import InputError, LeakageError
from facestore.progress import SilentProgress
from facestore.store import Store
from facestore.training.gradients.finetuned import load_finetuned
from facestore.training.gradients.loop_options import LoopOptions

pytestmark = pytest.mark.portable

LOOP = LoopOptions(epochs=2, batch_size=16, lr=3e-4, head_lr=1e-2, checkpoint_every=2)
ATTRIBUTES = ("gender", "race", "age")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heads")
    with Store.open(folder / "store") as store:
        for split, seed, n in (("train", 1, 40), ("val", 2, 16)):
            labels = write_faces(folder / split, n, seed=seed, size=96)
            store.ingest(
                folder / split,
                dataset=split,
                split=split,
                labels=labels,
                models=["tiny"],
                workers=0,
            )
    return folder


@pytest.fixture
def store(made, tmp_path):
    copy_as_own(made / "store", tmp_path / "store")
    with Store.open(tmp_path / "store") as opened:
        yield opened


def train(store, **options):
    given = {"attributes": ATTRIBUTES, "dataset": "train", "blocks": 1, "loop": LOOP, "workers": 0}
    return store.train_heads(**(given | options))


def values(store, query):
    return store.sql(query).fetchall()


def test_heads_are_trained_saved_and_judged_by_the_views(store):
    summary = train(store, data_licence="CC BY 4.0")
    assert summary.is_new
    names = {p.name for p in (store.path / "heads").glob("[!.]*")}
    assert names == {summary.path.name, summary.path.with_suffix(".md").name}
    facts = summary.heads.training
    assert (facts["n_samples"] + facts["n_held_back"], facts["data_licence"]) == (40, "CC BY 4.0")
    assert summary.predictions.n_new == 3 * 40
    # The same predictions for another data set, from the file alone.
    other = store.predict_with(summary.heads.path, dataset="val")
    assert other.n_new == 3 * 16
    card = summary.card.read_text()
    assert "| race | val | val | 16 |" in card
    assert "cross entropy of gender + cross entropy of race + cross entropy of age" in card
    assert card.count("| 2 | ") >= 1  # the epochs
    names = [f"{summary.heads.name} {attribute}" for attribute in ATTRIBUTES]
    found = values(
        store,
        "select classifier, n_samples, accuracy from classifier_summary where dataset = 'val' "
        "order by classifier",
    )
    assert [row[0] for row in found] == sorted(names)
    assert {row[1] for row in found} == {16}
    assert values(store, "select distinct kind from classifiers") == [("finetuned",)]
    low, high = values(store, "select min(score - margin), max(score) from predictions")[0]
    assert low >= 0
    assert high <= 1
    steps = values(
        store,
        "select value from training_steps inner join classifiers using (classifier_id) "
        "where unit = 'epoch' and split = 'validation' and metric = 'total_loss' "
        "and attribute = 'race' order by step",
    )
    assert [row[0] for row in steps] == [each["validation"]["loss"] for each in facts["epochs"]]
    again = train(store, data_licence="CC BY 4.0")
    assert not again.is_new
    assert again.predictions.n_new == 0
    assert {each.status for each in store.doctor()} <= {"ok", "note"}
    with pytest.raises(InputError, match="give these another `name=`"):
        train(store, data_licence="another", name=summary.heads.name)


class Interrupting(SilentProgress):
    """Press Ctrl-C after so many steps of the training."""

    def __init__(self, n_steps):
        self.n_left = n_steps

    def advance(self, n=1):
        self.n_left -= n
        if self.n_left == 0:
            raise KeyboardInterrupt


def test_an_interrupted_training_goes_on(store):
    whole = train(store, name="whole")
    with (
        Store(store.path, progress=Interrupting(5)) as interrupted,
        pytest.raises(KeyboardInterrupt),
    ):
        train(interrupted, name="cut")
    assert (store.path / "heads" / "cut.checkpoint").exists()
    with pytest.raises(InputError, match="other samples, labels or options"):
        train(store, name="cut", loop=dataclasses.replace(LOOP, lr=1e-4))
    resumed = train(store, name="cut")
    assert resumed.heads.training["epochs"] == whole.heads.training["epochs"]
    assert not (store.path / "heads" / "cut.checkpoint").exists()
    assert (
        values(
            store,
            "select count(distinct (predicted, score, value)) from predictions "
            "inner join classifiers using (classifier_id) group by attribute, sample_id "
            "having count(distinct (predicted, score)) > 1",
        )
        == []
    )


def test_images_that_are_held_out_are_refused(store, made, tmp_path):
    copied = tmp_path / "leak"
    shutil.copytree(made / "train", copied)
    store.ingest(copied, dataset="leak", split="test", labels=copied / "labels.csv", workers=0)
    with pytest.raises(LeakageError, match="40 training samples"):
        train(store)


def test_a_file_that_changed_is_refused_and_one_that_is_gone_is_left_out(made, tmp_path):
    folder = tmp_path / "faces"
    labels = write_faces(folder, 12, seed=5, size=96)
    with Store.open(tmp_path / "store") as store:
        store.ingest(folder, dataset="train", split="train", labels=labels, models=["tiny"])
        changed = folder / "images" / "000003.jpg"
        changed.write_bytes((folder / "images" / "000004.jpg").read_bytes())
        with pytest.raises(InputError, match=r"000003.jpg' is another image than was ingested"):
            train(store, attributes=("gender",), val_fraction=0)
        changed.unlink()
        training = train(store, attributes=("gender",), val_fraction=0).heads.training
        assert training["left_out"] == {"gender": {"no image in a folder that was ingested": 1}}


def test_more_blocks_than_there_are_are_refused(store):
    with pytest.raises(InputError, match="9 blocks to train"):
        train(store, blocks=9)
    assert json.dumps(values(store, "select count(*) from predictions")) == "[[0]]"


def test_the_file_says_from_what_it_was_trained(store):
    heads = load_finetuned(train(store, attributes=("gender",)).heads.path)
    assert heads.tasks[0].classes == ("Male", "Female")
    assert heads.n_blocks == 1
    assert heads.encoder.architecture == "tiny"
