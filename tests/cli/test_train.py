"""`facestore train probe` and `predict --classifier` on drawn faces, from the command line."""

from __future__ import annotations

import re
import shutil

import pytest
from faces import write_faces
from support.command import run_all
from support.moved import copy_moved
from support.pictures import write_pictures

pytestmark = [pytest.mark.usefixtures("store_is_there"), pytest.mark.portable]


@pytest.fixture
def faces(facestore, tmp_path):
    """Give a store of drawn faces, 300 to train on and 120 to be judged on."""
    for dataset, split, n, seed in (("drawn", "train", 300, 31), ("others", "test", 120, 32)):
        labels = write_faces(tmp_path / dataset, n, seed=seed)
        ran = facestore(
            "ingest", tmp_path / dataset / "images", "--labels", labels, "--dataset", dataset,
            "--split", split, "--model", "tiny",
        )  # fmt: skip
        assert ran.status == 0
    return facestore


def test_a_probe_stands_beside_prompts_on_faces_it_has_not_seen(faces, tmp_path):
    probe = ["train", "probe", "--attribute", "gender", "--attribute", "race", "--dataset", "drawn"]
    probe += ["--drop-leaks", "--name", "my probe", "--data-licence", "MIT"]
    ran = faces(*probe)
    assert ran.status == 0
    assert "gender: 2 classes, " in ran.out
    assert "600 predictions by 'my probe gender', 'my probe race'" in ran.out
    heads = tmp_path / "store" / "heads" / "my_probe.safetensors"
    assert f"heads: {heads}" in ran.out
    applied = faces("predict", "--classifier", heads, "--dataset", "others", "--split", "test")
    assert "240 predictions by 'my probe gender', 'my probe race'" in applied.out
    assert "as before: " in faces("predict", "--classifier", heads).out
    assert faces("score", "raw_gender_labels").status == 0
    prompts = ["--prompt-set", "raw_gender_labels", "--attribute", "gender", "--name", "prompts"]
    assert faces("predict", *prompts).status == 0
    query = (
        "select classifier_a, classifier_b, n_samples, accuracy_a, accuracy_b, p_value "
        "from classifier_comparison where dataset = 'others' and attribute = 'gender'"
    )
    (row,) = faces("sql", query, "--format", "json").rows
    assert (row["classifier_a"], row["classifier_b"]) == ("my probe gender", "prompts")
    assert row["n_samples"] == 120
    assert row["accuracy_a"] > 0.85
    assert row["p_value"] > 0.05
    card = heads.with_suffix(".md").read_text()
    assert re.search(r"\| gender \| others \| test \| 120 \| 0\.[89]\d+ \|", card)
    assert faces("doctor").status == 0
    assert "heads are there already" in faces(*probe).out


def test_ages_in_years_are_trained_on_images_and_on_vectors(facestore, tmp_path):
    labels = write_faces(tmp_path / "drawn", 40, seed=33, size=96, years=True)
    ran = facestore(
        "ingest", tmp_path / "drawn", "--labels", labels, "--dataset", "drawn",
        "--split", "train", "--model", "tiny",
    )  # fmt: skip
    assert ran.status == 0
    common = ["train", "age", "--dataset", "drawn", "--epochs", "1", "--seed", "3"]
    images = ["--blocks", "1", "--name", "tower", "--no-augment", "--workers", "0"]
    on_images = facestore(*common, *images, "--checkpoint-every", "1")
    assert "80 predictions by 'tower age', 'tower gender'" in on_images.out
    assert "epoch 1 of 1: loss " in on_images.err
    weights = ["--loss", "huber", "--loss-weight", "0.7", "--gender-divisor", "0.5"]
    on_vectors = facestore(*common, "--vectors", "--name", "linear", *weights)
    assert "80 predictions by 'linear age', 'linear gender'" in on_vectors.out
    card = (tmp_path / "store" / "heads" / "linear.md").read_text()
    assert "0.7 / 10 x huber of age (from squares to lengths at 5) + 0.3 / 0.5 x cross" in card
    query = "select classifier, n_samples from age_errors where group_name = 'overall' order by all"
    assert facestore("sql", query, "--format", "json").rows == [
        {"classifier": "linear age", "n_samples": 40},
        {"classifier": "tower age", "n_samples": 40},
    ]


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    shutil.copytree(new_store, folder / "store")
    pictures = write_pictures(folder / "pictures")
    run_all(folder / "store", ("ingest", pictures, "--dataset", "p", "--model", "tiny"))
    return folder


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["train", "probe", "--attribute", "gender", "--dataset", "no"], 1, "No data set 'no'"),
        (
            ["train", "probe", "--attribute", "gender", "--dataset", "x", "--l2", "strong"],
            2,
            "'strong' is neither a number nor auto",
        ),
        (["train", "probe", "--dataset", "x"], 2, "Missing option '--attribute'"),
        (["predict", "--classifier", "no.safetensors"], 1, "There is no file 'no.safetensors'"),
        (["predict", "--classifier", "a", "--prompt-set", "b"], 2, "give --classifier FILE"),
        (["predict", "--attribute", "gender"], 2, "give --prompt-set and --attribute"),
        (
            ["predict", "--attribute", "a", "--prompt-set", "b", "--split", "val"],
            2,
            "(without --split)",
        ),
    ],
)
def test_wrong_usage_is_told_in_one_line(made, facestore, tmp_path, arguments, status, message):
    copy_moved(made, tmp_path)
    ran = facestore(*arguments)
    assert ran.status == status
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1
