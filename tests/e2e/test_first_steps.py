"""Where a new user stumbles: tables that are not given, names given twice, slips that cost nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.pictures import write_labels

from facestore.model_names import ModelName

pytestmark = pytest.mark.portable

NAMES = {f"{i}.jpg": ("20-29", "Male", "White") for i in range(1, 4)}


def test_a_table_in_the_folder_is_pointed_at(facestore, pictures):
    labels = write_labels(pictures / "labels.csv", NAMES)
    (pictures / "notes.txt").write_text("mine")
    (pictures / "prices.csv").write_text("file,price\nbread.jpg,3\n")
    out = facestore("ingest", pictures).out
    assert f"was not read: add --labels {labels}\n" in out
    assert "prices.csv' looks" not in out
    assert "2 other files were passed over" in out
    assert "3 files labelled" in facestore("ingest", pictures, "--labels", labels).out
    again = facestore("ingest", pictures, "--labels", labels).out
    assert "2 other files were passed over" in again
    assert "add --labels" not in again


def test_a_table_beside_the_folder_is_pointed_at(facestore, pictures, tmp_path):
    labels = write_labels(
        tmp_path / "my labels.csv", {f"pictures/{k}": v for k, v in NAMES.items()}
    )
    write_labels(tmp_path / "others.csv", {"other.jpg": ("20-29", "Male", "White")})
    (tmp_path / "broken.csv").write_bytes(b"\x1f\x8b\x00")
    out = facestore("ingest", pictures).out
    assert f"add --labels '{labels}'\n" in out
    assert out.count("add --labels") == 1
    assert "other files" not in out


def test_the_same_files_under_another_name_are_noticed(facestore, pictures, tmp_path):
    labels = write_labels(tmp_path / "l.csv", NAMES)
    facestore("ingest", pictures, "--dataset", "my faces", "--labels", labels)
    out = facestore("ingest", pictures, "--dataset", "again").out
    assert (
        "5 of these images are in data set 'my faces' already, with labels, and have none here: "
        "to go on with that one, say --dataset 'my faces'\n"
    ) in out
    assert "already, with" not in facestore("ingest", pictures, "--dataset", "again").out
    out = facestore("ingest", pictures, "--dataset", "third", "--labels", labels).out
    assert "5 of these images are in data set 'again' already: with --dataset again they" in out


@pytest.mark.parametrize(
    "query",
    [
        "select error('late') from range(10)",
        "select cast(if(i < 90000, '1', 'late') as integer) from range(100000) as t(i)",
    ],
)
@pytest.mark.parametrize("style", ["table", "csv", "json"])
def test_a_query_that_fails_on_a_late_row_gives_one_line(facestore, query, style):
    facestore("migrate")
    ran = facestore("sql", query, "--format", style)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: ")
    assert "late" in ran.err
    assert ran.err.count("\n") == 1


def test_the_package_is_a_program(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "facestore", "info", "--store", tmp_path / "no"],
        capture_output=True, text=True, env=os.environ | {"FACESTORE_STORE": "unused"},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Error: No store at")


def test_nothing_is_left_where_there_was_nothing_to_ingest(facestore, tmp_path, pictures):
    empty, store = tmp_path / "empty", tmp_path / "new" / "store"
    empty.mkdir()
    for more in ((empty,), (pictures, "--model", "ViT-B-23,openai"), (pictures, "--layout", "tar")):
        ran = facestore("ingest", *more, "--store", store)
        assert ran.status == (2 if "--layout" in more else 1)
        assert sorted(tmp_path.iterdir()) == [empty, pictures]
    store.mkdir(parents=True)
    assert facestore("ingest", empty, "--store", store).status == 1
    assert list(store.iterdir()) == []


def test_a_store_without_data_sets_outlives_an_ingest_of_nothing(facestore, tmp_path):
    mine = tmp_path / "mine.json"
    mine.write_text('["a man", "a woman"]')
    (tmp_path / "empty").mkdir()
    facestore("prompts", "add", mine)
    assert facestore("ingest", tmp_path / "empty").status == 1
    assert "mine" in facestore("prompts", "list").out


def test_a_store_with_data_outlives_an_ingest_of_nothing(facestore, tmp_path, pictures):
    facestore("ingest", pictures)
    shutil.rmtree(pictures)
    pictures.mkdir()
    assert facestore("ingest", pictures).status == 1
    assert facestore("sql", "select count(*) as n from samples", "--format", "json").rows == [
        {"n": 6}
    ]


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (["tiny"], "'tiny' has weights already"),
        (["hf-hub:a/b", "ViT-B-32,openai"], "'hf-hub:a/b', 'ViT-B-32,openai' has weights already"),
        ([], "there is no --model"),
    ],
)
def test_weights_that_no_model_takes_are_refused(facestore, pictures, tmp_path, models, said):
    named = [word for model in models for word in ("--model", model)]
    ran = facestore("ingest", pictures, *named, "--pretrained", "mine.pt")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert f"--pretrained 'mine.pt' would not be used, since {said}" in ran.err
    assert not (tmp_path / "store").exists()
    assert "takes no others" in facestore("ingest", pictures, "--model", "tiny,mine.pt").err


def test_weights_go_to_the_model_that_has_none(facestore, pictures):
    both = ("--model", "tiny", "--model", "ViT-B-32", "--pretrained", "no-such-tag")
    assert "No weights 'no_such_tag' of ViT-B-32" in facestore("ingest", pictures, *both).err
    assert ModelName.parse("tiny", "no-such-tag") == ModelName("tiny")


def test_a_folder_above_that_may_not_be_listed_is_no_error(monkeypatch, pictures, facestore):
    def refuse(path):
        if path == pictures.parent:
            raise PermissionError(path)
        return listed(path)

    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert facestore("ingest", pictures).status == 0
