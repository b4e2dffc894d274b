"""A classifier is marked where it is judged on what it was trained on: no rank, no headline, no check."""

from __future__ import annotations

import numpy as np
import pytest

from facestore.resources import folder

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]

N = 60
KNOWN = (
    "select name, purpose, dataset, split, is_whole from classifier_data "
    "inner join classifiers using (classifier_id) order by all"
)
RANKS = "select split, classifier, seen, rank from leaderboard order by all"
CHECK = ("check", "--min-accuracy", "0.5", "--format", "json")


@pytest.fixture
def faces(facestore, tmp_path):
    """Give a store of 60 labelled vectors in each of `train`, `tune` and `val`."""
    rng = np.random.default_rng(5)
    for split in ("train", "tune", "val"):
        files = [f"{split}{i}.jpg" for i in range(N)]
        labels = tmp_path / f"{split}.csv"
        lines = [f"{file},{('Male', 'Female')[i % 2]}" for i, file in enumerate(files)]
        labels.write_text("\n".join(["file,gender", *lines]))
        vectors = rng.normal(0, 0.7, (N, 8)) + 3
        vectors[::2, 0] += 1
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        np.savez(tmp_path / f"{split}.npz", files=np.array(files), emb=vectors)
        name = ("--dataset", "d", "--split", split)
        assert facestore("import", "labels", labels, *name, "--create-samples").status == 0
        ran = facestore("import", "embeddings", tmp_path / f"{split}.npz", *name, "--model", "M,w")
        assert ran.status == 0
    return facestore


def train(faces, *options):
    ran = faces("train", "probe", "--dataset", "d", "--attribute", "gender", *options)
    assert ran.status == 0


def rows(faces, query):
    return [tuple(row.values()) for row in faces("sql", query, "--format", "json").rows]


def test_a_probe_has_a_rank_only_on_what_it_has_not_seen(faces):
    train(faces, "--name", "one", "--val-split", "tune")
    train(faces, "--name", "two", "--split", "val")
    assert rows(faces, KNOWN) == [
        ("one gender", "trained", "d", "train", False),
        ("one gender", "tuned", "d", "tune", False),
        ("two gender", "trained", "d", "val", False),
    ]
    assert rows(faces, RANKS) == [
        ("train", "one gender", "trained", None),
        ("train", "two gender", None, 1),
        ("tune", "one gender", "tuned", None),
        ("tune", "two gender", None, 1),
        ("val", "one gender", None, 1),
        ("val", "two gender", "trained", None),
    ]
    query = (folder("reports") / "queries" / "best_classifiers.sql").read_text()
    best = "with" + query.partition("\nwith")[2]
    assert [row[:4] for row in rows(faces, best)] == [
        ("d", "train", "gender", "two gender"),
        ("d", "tune", "gender", "two gender"),
        ("d", "val", "gender", "one gender"),
    ]


def test_a_split_that_chose_nothing_is_not_tuned_on(faces):
    train(faces, "--name", "given", "--val-split", "tune", "--l2", "1")
    assert rows(faces, KNOWN) == [("given gender", "trained", "d", "train", False)]


def test_check_leaves_out_what_was_trained_on_and_says_so(faces):
    train(faces, "--name", "one", "--val-split", "tune")
    ran = faces(*CHECK)
    assert [row["split"] for row in ran.rows] == ["val"]
    assert (
        "Left out: 1 classifier where judged on what was used to train or tune it: "
        "'one gender' (d/train, trained; d/tune, tuned). --include-trained checks it there, too.\n"
    ) in ran.err
    ran = faces(*CHECK, "--include-trained")
    assert [row["split"] for row in ran.rows] == ["train", "tune", "val"]
    assert "Left out" not in ran.err
    ran = faces(*CHECK, "--split", "train")
    assert ran.status == 1
    assert "no figure is left: --include-trained" in ran.err
    assert "Left out" not in faces("check", "--max-leakage", "1").err


def predictions(tmp_path, name):
    path = tmp_path / f"{name}.csv"
    lines = [f"{split}{i}.jpg,Male,{name}" for split in ("train", "val") for i in range(N)]
    path.write_text("\n".join(["file,predicted,classifier", *lines]))
    return ("import", "predictions", path, "--dataset", "d", "--attribute", "gender")


def test_imported_classifiers_are_said_to_be_trained_on_something(faces, tmp_path):
    ran = faces(*predictions(tmp_path, "theirs"))
    assert "nothing is marked" not in ran.out
    assert rows(faces, KNOWN) == []
    # said afterwards, with the same predictions
    said = ["--trained-on", "d/train", "--trained-on", "ImageNet", "--tuned-on", "d"]
    ran = faces(*predictions(tmp_path, "theirs"), *said)
    assert ran.status == 0
    assert "trained on ImageNet: the store has no sample of it, so nothing is marked" in ran.out
    assert "d/train" not in ran.out
    assert rows(faces, KNOWN) == [
        ("theirs", "trained", "ImageNet", None, True),
        ("theirs", "trained", "d", "train", False),
        ("theirs", "tuned", "d", None, True),
    ]
    assert rows(faces, RANKS) == [
        ("train", "theirs", "trained", None),
        ("val", "theirs", "tuned", None),
    ]


def test_a_blank_name_of_data_is_refused(faces, tmp_path):
    ran = faces(*predictions(tmp_path, "theirs"), "--trained-on", " ")
    assert ran.status == 1
    assert "--trained-on ' ': a name was expected" in ran.err
    assert rows(faces, "select name from classifiers") == []
