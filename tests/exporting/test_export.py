"""Exports are read back by the library, or held against its documented columns."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from fairlearn.metrics import MetricFrame
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score
from sklearn.neighbors import NearestNeighbors
from support.pictures import write_labels, write_picture

from facestore.errors import InputError, UnknownNameError
from facestore.exporting import FORMATS, fiftyone
from facestore.store import Store

pytestmark = pytest.mark.xdist_group("export")
N = 12
AGES, RACES = ["10-19", "3-9"], ["White", "Black", "Indian"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    for i in range(N):
        write_picture(folder / "faces" / f"{i}.jpg", seed=i)
    (folder / "faces" / "copy.jpg").write_bytes((folder / "faces" / "0.jpg").read_bytes())
    labels = {
        f"{i}.jpg": (AGES[i % 2], ("Male", "Female")[i // 2 % 2], RACES[i % 3]) for i in range(N)
    }
    write_labels(folder / "labels.csv", labels)
    with Store.open(folder / "store") as opened:
        opened.migrate()
        opened.set("min_samples", 1)
        opened.ingest(
            folder / "faces", labels=folder / "labels.csv", dataset="faces", split="val",
            models=["tiny"],
        )  # fmt: skip
        opened.score("raw_gender_labels")
        opened.predict(attribute="gender", prompt_set="raw_gender_labels", name="zero")
        said = "file,predicted\n" + "\n".join(f"{i}.jpg,{AGES[i % 3 % 2]}" for i in range(N))
        (folder / "said.csv").write_text(said + "\n")
        opened.import_predictions(
            folder / "said.csv", dataset="faces", attribute="age", classifier='an age, of "2"'
        )
        yield opened


def matrix(store, paths):
    keys = dict(store.sql("select path, vector_key from vector_keys").fetchall())
    (encoder,) = store.catalog.encoders.all()
    vectors = store.vectors.images(encoder.vectors).get(list(keys.values()))
    return np.stack([vectors[keys[path]] for path in paths])


def test_atlas_has_points_labels_predictions_and_neighbours(store, tmp_path):
    assert store.export("atlas", tmp_path / "a.parquet", n_neighbours=3) == N + 1
    rows = pl.read_parquet(tmp_path / "a.parquet")
    vectors = matrix(store, rows["path"])
    expected = PCA(2).fit_transform(vectors.astype(np.float64))
    found = rows.select("x", "y").to_numpy()
    assert np.abs(found) == pytest.approx(np.abs(expected), abs=1e-5)
    far, _ = NearestNeighbors(n_neighbors=N, metric="cosine").fit(vectors).kneighbors()
    for i, neighbours in enumerate(rows["neighbors"]):
        assert set(neighbours) == {"ids", "distances"}
        assert i not in neighbours["ids"]
        assert neighbours["distances"] == pytest.approx(far[i, :3].tolist(), abs=1e-5)
    copy, first = (rows["path"].to_list().index(name) for name in ("copy.jpg", "0.jpg"))
    assert rows["neighbors"][copy]["ids"][0] == first
    labels = dict(zip(rows["path"], rows["race"], strict=True))
    assert (labels["4.jpg"], labels["copy.jpg"]) == ("Black", None)
    said = dict(
        store.sql(
            "select path, predicted from judged_predictions where classifier = 'zero'"
        ).fetchall()
    )
    shown = dict(zip(rows["path"], rows["predicted: zero"], strict=True))
    assert said.items() <= shown.items()
    assert all(Path(file).read_bytes()[:2] == b"\xff\xd8" for file in rows["file"])
    for file, picture in rows.select("file", "picture").rows():
        assert (picture["path"], picture["bytes"]) == (Path(file).name, Path(file).read_bytes())
    judged = dict(
        store.sql(
            "select path, [if(is_correct, 'right', 'wrong'), margin::varchar] "
            "from judged_predictions where classifier = 'zero'"
        ).fetchall()
    )
    columns = zip(rows["path"], rows["judged: zero"], rows["margin: zero"], strict=True)
    shown = {path: [said, margin] for path, said, margin in columns if said in ("right", "wrong")}
    assert {path: said for path, (said, _) in shown.items()} == {
        path: said for path, (said, _) in judged.items()
    }
    assert [margin for _, margin in shown.values()] == pytest.approx(
        [float(judged[path][1]) for path in shown]
    )
    assert rows.filter(pl.col("duplicate_group").is_not_null())["path"].sort().to_list() == [
        "0.jpg", "copy.jpg",
    ]  # fmt: skip


def test_atlas_without_neighbours_or_by_umap(store, tmp_path, monkeypatch):
    store.export("atlas", tmp_path / "a.parquet", n_neighbours=0)
    assert "neighbors" not in pl.read_parquet_schema(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(InputError, match=r"pip install 'facestore\[umap\]'"):
        store.export("atlas", tmp_path / "b.parquet", projection="umap")
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_fairlearn_finds_the_accuracies_of_the_views(store, tmp_path):
    assert store.export("fairlearn", tmp_path / "f.csv", classifiers=["zero"]) == N
    rows = pd.read_csv(tmp_path / "f.csv")
    frame = MetricFrame(
        metrics=accuracy_score,
        y_true=rows["y_true"],
        y_pred=rows["y_pred"],
        sensitive_features=rows[["sensitive_race"]],
    )
    expected = store.sql(
        "select group_name, accuracy from accuracy_by_group "
        "where classifier = 'zero' and group_attribute = 'race'"
    ).fetchall()
    assert frame.by_group.to_dict() == pytest.approx(dict(expected))
    assert len(expected) == 3


def test_every_text_is_quoted(store, tmp_path):
    store.export("fairlearn", tmp_path / "f.csv", classifiers=['an age, of "2"'])
    lines = (tmp_path / "f.csv").read_text().splitlines()
    assert '"10-19"' in lines[1]
    assert all(field.startswith('"') for line in lines for field in line.split(","))
    with pytest.raises(InputError, match="one classifier at a time"):
        store.export("fairlearn", tmp_path / "g.csv")


def test_clip_benchmark_has_its_columns_as_csv_and_as_json(store, tmp_path):
    assert store.export("clip-benchmark", tmp_path / "c.csv") == 2
    with (tmp_path / "c.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "acc1", "acc5", "mean_per_class_recall", "dataset", "model", "pretrained", "task",
        "mean_average_precision", "image_retrieval_recall@5", "text_retrieval_recall@5",
        "model_fullname", "language", "split", "attribute", "classifier",
    ]  # fmt: skip
    zero = next(row for row in rows if row["task"] == "zeroshot_classification")
    accuracy, recall = store.sql(
        "select accuracy, balanced_accuracy from classifier_summary where classifier = 'zero'"
    ).fetchone()
    assert (float(zero["acc1"]), float(zero["mean_per_class_recall"])) == (accuracy, recall)
    assert (zero["acc5"], zero["dataset"], zero["model"]) == ("", "faces/val/gender", "tiny")
    store.execute(
        "insert into classifiers by name select * exclude (i) replace (90 + i as classifier_id, "
        "['a/b', 'a_b', 'A_B'][i] as name) from classifiers, range(1, 4) as t(i) where name = 'zero';"
        "insert into predictions select * exclude (i) replace (90 + i as classifier_id) "
        "from predictions, "
        "range(1, 4) as t(i) where classifier_id = "
        "(select classifier_id from classifiers where name = 'zero')"
    )
    alike = ["a/b", "a_b", "A_B"]
    assert store.export("clip-benchmark", tmp_path / "alike", classifiers=alike) == 3
    written = [json.loads(file.read_text()) for file in (tmp_path / "alike").iterdir()]
    assert sorted(each["classifier"] for each in written) == sorted(alike)
    assert len({file.name.casefold() for file in (tmp_path / "alike").iterdir()}) == 3
    store.export("clip-benchmark", tmp_path / "json", classifiers=["zero"])
    (file,) = (tmp_path / "json").iterdir()
    result = json.loads(file.read_text())
    assert {"dataset", "model", "pretrained", "task", "metrics", "language"} <= set(result)
    assert set(result["metrics"]) == {"acc1", "acc5", "mean_per_class_recall"}
    assert result["metrics"]["acc1"] == accuracy


def test_fiftyone_has_samples_with_classifications(store, tmp_path):
    assert store.export("fiftyone", tmp_path / "f.json", dataset="faces") == N + 1
    document = json.loads((tmp_path / "f.json").read_text())
    assert (document["name"], document["media_type"]) == ("faces", "image")
    samples = {sample["filepath"].rsplit("/", 1)[1]: sample for sample in document["samples"]}
    one = samples["4.jpg"]
    assert one["race"] == {"_cls": "Classification", "label": "Black", "confidence": None}
    assert one["predicted_an_age_of_2"]["label"] == "3-9"
    assert one["tags"] == ["val"]
    assert (one["metadata"]["_cls"], one["metadata"]["width"] > 0) == ("ImageMetadata", True)
    assert "race" not in samples["copy.jpg"]
    assert document["info"]["fields"]["predicted_zero"] == "predicted zero"
    assert all(name.isidentifier() for sample in samples.values() for name in sample)


def test_fiftyone_has_what_annotators_say_with_their_shares(store, tmp_path):
    (tmp_path / "a.csv").write_text(
        "file,annotator,gender\n4.jpg,ann,F\n4.jpg,bob,M\n4.jpg,eve,F\n"
    )
    (tmp_path / "t.csv").write_text("file,skin_tone_2,skin_tone_3\n4.jpg,3,1\n")
    store.import_annotations(tmp_path / "a.csv", dataset="faces")
    store.import_annotations(tmp_path / "t.csv", dataset="faces")
    store.export("fiftyone", tmp_path / "f.json", dataset="faces")
    store.execute("delete from annotations")
    document = json.loads((tmp_path / "f.json").read_text())
    samples = {sample["filepath"].rsplit("/", 1)[1]: sample for sample in document["samples"]}
    said = {
        name: [
            (each["label"], each["confidence"], each["tags"])
            for each in samples["4.jpg"][name]["classifications"]
        ]
        for name in ("annotated_gender", "annotated_skin_tone")
    }
    third = pytest.approx(1 / 3)
    assert said == {
        "annotated_gender": [
            ("Female", third, ["ann"]),
            ("Male", third, ["bob"]),
            ("Female", third, ["eve"]),
        ],
        "annotated_skin_tone": [("2", 0.75, []), ("3", 0.25, [])],
    }
    assert samples["4.jpg"]["annotated_gender"]["_cls"] == "Classifications"
    assert not any(name.startswith("annotated") for name in samples["5.jpg"])
    assert document["info"]["fields"]["annotated_gender"] == "annotated gender"


def test_fiftyone_is_the_same_in_many_parts(store, tmp_path, monkeypatch):
    store.export("fiftyone", tmp_path / "one.json")
    monkeypatch.setattr(fiftyone, "_AT_ONCE", 3)
    store.export("fiftyone", tmp_path / "many.json")
    assert (tmp_path / "many.json").read_text() == (tmp_path / "one.json").read_text()


def test_what_cannot_be_exported_leaves_no_file(store, tmp_path):
    for form, options, error, words in [
        ("atlass", {}, UnknownNameError, "Did you mean 'atlas'"),
        ("fiftyone", {"dataset": "face"}, UnknownNameError, "Did you mean 'faces'"),
        ("fairlearn", {"classifiers": ["zer"]}, UnknownNameError, "Did you mean 'zero'"),
        *((form, {"split": "test"}, InputError, "Nothing to export") for form in FORMATS),
    ]:
        with pytest.raises(error, match=words):
            store.export(form, tmp_path / "out", **options)
    with pytest.raises(InputError, match="There is no folder"):
        store.export("fiftyone", tmp_path / "none" / "out.json")
    assert list(tmp_path.iterdir()) == []
