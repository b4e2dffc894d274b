"""A published classifier through the store: imported, predicting, judged, refused."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch
from faces import write_faces
from PIL import Image
from support.published import SIZES, make_card, write_card
from transformers import CLIPImageProcessor

from facestore.cli.summaries import lines_of
from facestore.errors import InputError
from facestore.store import Store
from facestore.training.gradients.finetuned import load_finetuned

pytestmark = pytest.mark.usefixtures("store_is_there")

N = 12


@pytest.fixture(scope="module")
def card():
    made = make_card(3)
    # Drawn faces differ little: heads of larger weights tell them apart.
    with torch.no_grad():
        for task in SIZES:
            getattr(made, f"{task}_head").weight.mul_(3)
    return made


@pytest.fixture
def folder(card, tmp_path):
    processor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=32)
    return write_card(tmp_path / "my card", card, **processor.to_dict())


@pytest.fixture
def store(tmp_path):
    labels = write_faces(tmp_path / "faces", N, seed=7, size=96)
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(tmp_path / "faces", dataset="faces", split="val", labels=labels)
        yield opened


def rows(store, query):
    return store.sql(query).fetchall()


def theirs(card, folder, paths):
    """Decide as the card's own example does."""
    labels = {
        "age": ["0-2", "10-19", "20-29", "3-9", "30-39", "40-49", "50-59", "60-69", "more than 70"],
        "gender": ["Female", "Male"],
        "race": ["Black", "East Asian", "Indian", "Latino_Hispanic", "Middle Eastern",
                 "Southeast Asian", "White"],
    }  # fmt: skip
    processor = CLIPImageProcessor.from_pretrained(folder)
    images = [Image.open(path).convert("RGB") for path in paths]
    with torch.inference_mode():
        logits = card(processor(images=images, return_tensors="pt")["pixel_values"])
    return {
        task: ([labels[task][i] for i in found.argmax(1)], found.softmax(1).max(1).values.numpy())
        for task, found in logits.items()
    }


def test_it_decides_as_the_code_of_its_card(store, card, folder):
    summary = store.import_classifier(folder)
    assert summary.is_new
    assert summary.heads.path == store.path / "heads" / "my_card.safetensors"
    assert "age: 0-2, 10-19, 20-29, 3-9, 30-39" in "\n".join(lines_of(summary))
    done = store.predict_with(summary.heads.path, dataset="faces", device="cpu")
    assert (done.n_new, done.n_without_input) == (3 * N, 0)
    # No encoder and no vector was made: the file is enough.
    assert rows(store, "select count(*) from encoders") == [(0,)]
    found = rows(
        store,
        "select samples.path, attribute, predicted, score, margin from predictions "
        "inner join classifiers using (classifier_id) inner join samples using (sample_id) "
        "order by attribute, samples.path",
    )
    paths = sorted({row[0] for row in found})
    expected = theirs(card, folder, [folder.parent / "faces" / path for path in paths])
    for task, (predicted, shares) in expected.items():
        ours = [row for row in found if row[1] == task]
        # Both resize with rounding of their own, which shifts shares a little.
        scores = np.array([row[3] for row in ours])
        assert np.abs(scores - shares).max() < 0.05
        sure = [row[4] > 0.1 for row in ours]
        assert sum(sure) >= N // 2
        for row, label, is_sure in zip(ours, predicted, sure, strict=True):
            assert row[2] == label or not is_sure
    assert len({row[2] for row in found}) > 3


def test_it_stands_in_the_views_as_a_finetuned_classifier(store, folder):
    heads = store.import_classifier(folder, name="published").heads
    store.predict_with(heads.path, device="cpu")
    found = rows(
        store, "select classifier, kind, n_samples, architecture from leaderboard order by all"
    )
    assert found == [(f"published {task}", "finetuned", N, None) for task in sorted(SIZES)]
    ((details,),) = rows(
        store, "select details from classifiers where attribute = 'age' and encoder_id is null"
    )
    tower = json.loads(details)["tower"]
    assert tower["architecture"] == "ViT-64-2-8-32-quickgelu"
    assert tower["weights_sha256"] == heads.encoder.weights_sha256
    assert tower["preprocessing"]["size"] == 32
    assert {each.status for each in store.doctor()} <= {"ok", "note"}
    assert rows(store, "select counts ->> 'n_heads' from runs where command = 'import classifier'")


def test_the_same_import_again_changes_nothing(store, folder):
    path = store.import_classifier(folder).heads.path
    before = path.read_bytes()
    store.predict_with(path, device="cpu")
    again = store.import_classifier(folder)
    assert not again.is_new
    assert lines_of(again) == [f"heads are there already: {path}"]
    assert path.read_bytes() == before
    assert lines_of(store.predict_with(path, device="cpu"))[0].startswith("as before: ")


def test_other_weights_need_another_name(store, folder, tmp_path):
    store.import_classifier(folder)
    other = write_card(tmp_path / "other", make_card(9))
    with pytest.raises(InputError, match="give these another `name=`"):
        store.import_classifier(other, name="my card")
    assert store.import_classifier(other, out=tmp_path).heads.path == tmp_path / "other.safetensors"


def test_a_file_is_taken_to_another_store(store, folder, tmp_path):
    heads = store.import_classifier(folder, out=tmp_path / "elsewhere").heads
    with Store.open(tmp_path / "second") as second:
        second.ingest(tmp_path / "faces", dataset="again")
        assert second.predict_with(heads.path, device="cpu").n_new == 3 * N


def test_classes_that_the_store_does_not_know_are_refused(store, folder):
    config = folder / "config.json"
    labels = {"id2label": {"gender": ["woman", "Male"]}}
    config.write_text(json.dumps(json.loads(config.read_text()) | labels))
    with pytest.raises(InputError) as caught:
        store.import_classifier(folder)
    assert re.search(r"'gender' which .*\('woman'\); the store has Male, Female", str(caught.value))
    assert "`new_classes=True`" in str(caught.value)
    assert not (store.path / "heads").exists()


def test_an_encoder_beside_a_whole_tower_is_refused(store, folder):
    path = store.import_classifier(folder).heads.path
    with pytest.raises(InputError, match="leave `model=` out"):
        store.predict_with(path, model="tiny")


def test_samples_without_an_image_are_counted(store, folder, tmp_path):
    path = store.import_classifier(folder).heads.path
    table = tmp_path / "more.csv"
    table.write_text("file,gender\nmissing.jpg,Male\n")
    store.import_labels(table, dataset="elsewhere", create_samples=True)
    lines = lines_of(store.predict_with(path, dataset="elsewhere", device="cpu"))
    assert lines[1:] == ["1 sample has no image in a folder that was ingested: ingest them"]


def test_it_works_from_the_command_line(store, folder, monkeypatch, capsys):
    from facestore.cli import main

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["facestore", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, capsys.readouterr()

    store.close()
    monkeypatch.setenv("FACESTORE_STORE", str(store.path))
    status, caught = run("import", "classifier", folder, "--name", "named")
    assert status == 0
    path = store.path / "heads" / "named.safetensors"
    assert caught.out.endswith(f"heads: {path}\n")
    assert load_finetuned(path).name == "named"
    status, caught = run("predict", "--classifier", path, "--dataset", "faces")
    assert (status, caught.out.split(" by ")[0]) == (0, f"{3 * N} predictions")
    status, caught = run("import", "classifier", folder.parent)
    assert (status, caught.err.count("\n")) == (1, 1)
    assert "config.json and model.safetensors were expected" in caught.err
