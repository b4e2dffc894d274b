from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from support.pictures import write_labels

from facestore.errors import InputError, TableError, TextVectorsMissingError, UnknownNameError
from facestore.importing.embeddings import TextSource
from facestore.mappings import LabelMapping
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

LABELS = {
    "val/1.jpg": ("20-29", "Male", "White"),
    "val/2.jpg": ("3-9", "Female", "Black"),
    "val/3.jpg": ("0-2", "Female", "White"),
}


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def labelled(store, tmp_path):
    labels = write_labels(tmp_path / "labels.csv", LABELS)
    store.import_labels(labels, dataset="d", split="val", create_samples=True)
    return store


def state(store):
    tables = (
        "datasets",
        "samples",
        "labels",
        "similarities",
        "predictions",
        "classifiers",
        "encoders",
    )
    return {name: store.sql(f"select * from {name} order by all").fetchall() for name in tables}


def similarities(tmp_path, names, scale=100):
    path = tmp_path / "s.json"
    scores = {
        name: {"a photo of a man": scale * (0.2 + 0.01 * i), "a photo of a woman": scale * 0.215}
        for i, name in enumerate(names)
    }
    path.write_text(json.dumps(scores))
    return path


def test_labels_make_samples_only_when_told_to(store, tmp_path):
    labels = write_labels(tmp_path / "labels.csv", LABELS)
    with pytest.raises(UnknownNameError, match="no data set yet"):
        store.import_labels(labels, dataset="d")
    summary = store.import_labels(labels, dataset="d", split="val", create_samples=True)
    assert (summary.n_created, summary.n_met, summary.n_new) == (3, 0, 9)
    rows = store.sql("select path, split, image_id from samples order by path").fetchall()
    assert rows == [(f"val/{i}.jpg", "val", None) for i in (1, 2, 3)]


def test_labels_again_change_nothing(labelled, tmp_path):
    before = state(labelled)
    summary = labelled.import_labels(tmp_path / "labels.csv", dataset="d", create_samples=True)
    assert (summary.n_created, summary.n_met, summary.n_new) == (0, 3, 0)
    assert state(labelled) == before


def test_rows_of_folders_are_of_the_samples_in_them(labelled, tmp_path):
    table = tmp_path / "persons.csv"
    table.write_text("person,mood\nval,glad\nn000009,sad\n")
    said = {
        "dataset": "d",
        "attributes": ["mood"],
        "new_classes": True,
        "mapping": LabelMapping.of(file_column="{person}/"),
    }
    with pytest.raises(TableError, match="its rows are of folders"):
        labelled.import_labels(table, create_samples=True, **said)
    assert labelled.preview_labels(table, **said).n_met == 3
    summary = labelled.import_labels(table, **said)
    assert (summary.n_met, summary.n_new) == (3, 3)
    moods = "select distinct label from labels where attribute = 'mood'"
    assert labelled.sql(moods).fetchall() == [("glad",)]


def test_predictions_of_known_files_are_judged(labelled, tmp_path):
    path = tmp_path / "p.csv"
    pl.DataFrame({"file": ["1.jpg", "2.jpg"], "predicted": ["Male", "Male"]}).write_csv(path)
    summary = labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c")
    assert (summary.n_met, summary.n_new) == (2, 2)
    query = "select n_samples, n_missing, accuracy from classifier_summary"
    assert labelled.sql(query).fetchall() == [(2, 1, 0.5)]
    assert (
        labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c").n_new
        == 0
    )


def test_predictions_of_unknown_files_are_refused_whole(labelled, tmp_path):
    path = tmp_path / "p.csv"
    pl.DataFrame({"file": ["val/1.jpg", "val/9.jpg"], "predicted": ["Male", "Male"]}).write_csv(
        path
    )
    before = state(labelled)
    with pytest.raises(TableError, match=r"1 of 2 files .*val/9.jpg.*`create_samples=True`"):
        labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c")
    assert state(labelled) == before


def test_contradicting_predictions_are_refused_whole(labelled, tmp_path):
    path = tmp_path / "p.csv"
    pl.DataFrame({"file": ["val/1.jpg"], "predicted": ["Male"]}).write_csv(path)
    labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c")
    before = state(labelled)
    pl.DataFrame({"file": ["val/1.jpg", "val/2.jpg"], "predicted": ["Female", "Male"]}).write_csv(
        path
    )
    with pytest.raises(InputError, match="other predictions for 1 of these"):
        labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c")
    assert state(labelled) == before


def test_a_refused_import_makes_no_samples_either(labelled, tmp_path):
    path = tmp_path / "p.csv"
    pl.DataFrame({"file": ["val/1.jpg"], "predicted": ["Male"]}).write_csv(path)
    labelled.import_predictions(path, dataset="d", attribute="gender", classifier="c")
    before = state(labelled)
    pl.DataFrame({"file": ["val/1.jpg", "new.jpg"], "predicted": ["Female", "Male"]}).write_csv(
        path
    )
    with pytest.raises(InputError, match="other predictions"):
        labelled.import_predictions(
            path, dataset="d", attribute="gender", classifier="c", create_samples=True
        )
    assert state(labelled) == before


@pytest.mark.parametrize("what", ["labels", "predictions"])
def test_a_file_of_one_split_that_meets_samples_of_another_is_refused(labelled, tmp_path, what):
    """Most likely they are other pictures: `val/1.jpg` is not the `1.jpg` of train."""
    (tmp_path / "predictions.csv").write_text("file,predicted\n1.jpg,Male\n")
    given = {"dataset": "d"} | (
        {"attribute": "gender", "classifier": "c"} if what == "predictions" else {}
    )
    verb, file = getattr(labelled, f"import_{what}"), tmp_path / f"{what}.csv"
    labels = labelled.sql("from labels order by all").fetchall()
    with pytest.raises(TableError, match=r"samples? of split 'val' already .*, not of 'test'"):
        verb(file, split="test", **given)
    assert labelled.sql("from labels order by all").fetchall() == labels
    verb(file, split="val", **given)
    verb(file, **given)
    assert labelled.sql("select distinct split from samples").fetchall() == [("val",)]


def test_a_classifier_that_names_its_model_belongs_to_an_encoder(labelled, tmp_path):
    path = tmp_path / "p.parquet"
    pl.DataFrame(
        {
            "architecture": ["ViT-L-14"],
            "pretrained": ["openai"],
            "prompt_set": ["raw"],
            "attribute": ["gender"],
            "aggregation": ["topk"],
            "k": [10],
            "file": ["val/1.jpg"],
            "predicted": ["Male"],
        }
    ).write_parquet(path)
    labelled.import_predictions(path, dataset="d")
    query = (
        "select classifiers.name, k, encoders.architecture, encoders.pretrained "
        "from classifiers inner join encoders using (encoder_id)"
    )
    assert labelled.sql(query).fetchall() == [
        ("ViT-L-14 openai raw topk 10", 10, "ViT-L-14", "openai")
    ]


def test_similarities_are_predicted_from(labelled, tmp_path):
    path = similarities(tmp_path, LABELS)
    summary = labelled.import_similarities(path, dataset="d", model="ViT-L-14,openai")
    assert (summary.n_rows, summary.n_new) == (6, 6)
    labelled.predict(attribute="gender", prompt_set="raw_gender_labels", aggregation="topk", k=1)
    query = (
        "select path, predicted from predictions inner join samples using (sample_id) order by path"
    )
    assert labelled.sql(query).fetchall() == [
        ("val/1.jpg", "Female"),
        ("val/2.jpg", "Female"),
        ("val/3.jpg", "Male"),
    ]
    again = labelled.import_similarities(path, dataset="d", model="ViT-L-14,openai")
    assert again.n_new == 0


def test_similarities_to_some_prompts_of_a_set_decide_nothing(labelled, tmp_path):
    path = similarities(tmp_path, LABELS)
    labelled.import_similarities(path, dataset="d", model="ViT-L-14,openai")
    before = state(labelled)
    with pytest.raises(InputError, match="facestore score age_race_gender_labels_v2"):
        labelled.predict(attribute="gender", prompt_set="age_race_gender_labels_v2")
    with pytest.raises(InputError, match="cannot be aggregated by embedding_mean"):
        labelled.predict(
            attribute="gender", prompt_set="raw_gender_labels", aggregation="embedding_mean"
        )
    assert state(labelled) == before


def test_an_imported_encoder_cannot_score_prompts_it_has_no_vectors_of(labelled, tmp_path):
    labelled.import_similarities(similarities(tmp_path, LABELS), dataset="d", model="M,t")
    with pytest.raises(InputError, match="no image vectors"):
        labelled.score("raw_gender_labels")


def embeddings(tmp_path, names, seed=0, width=8):
    rng = np.random.default_rng(seed)
    images, texts = rng.normal(size=(len(names), width)), rng.normal(size=(2, width))
    path = tmp_path / "v.npz"
    np.savez(
        path,
        files=np.asarray(names),
        emb=images / np.linalg.norm(images, axis=1, keepdims=True),
        words=np.asarray(["man", "woman"]),
        text=texts / np.linalg.norm(texts, axis=1, keepdims=True),
    )
    return path


def test_embeddings_of_samples_without_images_are_scored(labelled, tmp_path):
    path = embeddings(tmp_path, list(LABELS))
    text = TextSource(path, "words", "text", "a photo of a {}")
    summary = labelled.import_embeddings(path, dataset="d", model="RN50,openai", text=text)
    assert (summary.n_met, summary.n_new) == (3, 3)
    assert labelled.score("raw_gender_labels").n_similarities == 6
    with np.load(path) as content:
        expected = content["emb"] @ content["text"].T
    rows = labelled.sql(
        "select path, text, cosine from similarities inner join samples using (sample_id) "
        "inner join prompts using (prompt_id) order by path, text"
    ).fetchall()
    for position, (_, _, cosine) in enumerate(rows):
        assert cosine == pytest.approx(expected[position // 2, position % 2], abs=1e-6)
    with pytest.raises(TextVectorsMissingError, match="7 prompts"):
        labelled.score("raw_race_labels")
    assert labelled.import_embeddings(path, dataset="d", model="RN50,openai").n_new == 0


def test_text_vectors_of_another_width_are_refused_whole(labelled, tmp_path):
    path = embeddings(tmp_path, list(LABELS))
    other = tmp_path / "other"
    other.mkdir()
    text = TextSource(embeddings(other, ["x"], width=4), "words", "text")
    before = state(labelled)
    with pytest.raises(TableError, match="text vectors have 4 values, image vectors 8"):
        labelled.import_embeddings(path, dataset="d", model="RN50,openai", text=text)
    assert state(labelled) == before


def test_prompts_of_a_name_never_change_their_meaning(store, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('["a man", "a woman"]')
    assert len(store.add_prompts(path).prompts) == 2
    store.add_prompts(path)
    path.write_text('["a man", "a lady"]')
    with pytest.raises(InputError, match="another prompt set 'mine'"):
        store.add_prompts(path)
    assert [prompt.text for prompt in store.prompt_set("mine").prompts] == ["a man", "a woman"]


def test_prompts_with_an_unknown_class_are_refused(store, tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("prompts: [{text: a man, classes: {gender: Mail}}]")
    with pytest.raises(UnknownNameError, match="Did you mean 'Male'"):
        store.add_prompts(path)


def test_bundled_prompt_sets_are_the_same_in_the_store(store):
    from facestore.prompts import builtin_prompt_sets

    before = {each.name: each for each in store.prompt_sets()}  # without a store
    store.migrate()
    after = {each.name: each for each in store.prompt_sets()}
    assert before.keys() == after.keys()
    for each in builtin_prompt_sets():
        assert {p.text: (p.key, dict(p.classes)) for p in after[each.name].prompts} == {
            p.text: (p.key, dict(p.classes)) for p in each.prompts
        }
