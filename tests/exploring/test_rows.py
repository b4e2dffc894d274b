"""The rows that are shown say what the views say, in the order and of the samples that were asked."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import polars as pl
import pytest
from PIL import Image
from support.pictures import write_labels, write_picture

from facestore.errors import InputError, QueryError, UnknownNameError
from facestore.exploring import kept_points
from facestore.exploring.kept_points import points_of
from facestore.exploring.rows import shown_rows
from facestore.store import Store


def shown(store, **asked):
    every = dict.fromkeys(("classifier", "attribute", "sql", "model", "source"))
    return shown_rows(store, **{**every, "projection": "pca", **asked})


def test_rows_say_what_the_views_say(store, told):
    found = shown(store).samples
    assert found.columns == [
        "picture", "age", "gender", "race", "predicted", "judged", "margin", "duplicate_group",
        "x", "y", "neighbors", "path", "dataset", "split", "sample_id",
    ]  # fmt: skip
    assert told == [
        "Classifier 'mine', the most accurate one of gender; `classifier=NAME` shows one of the "
        "other 1."
    ]
    by_sql = store.sql(
        "select sample_id, predicted, if(is_correct, 'right', 'wrong') as judged, margin "
        "from judged_predictions where classifier = 'mine' order by all"
    ).fetchall()
    columns = found.filter(pl.col("judged").is_in(["right", "wrong"]))
    assert (
        columns.select("sample_id", "predicted", "judged", "margin").sort(pl.all()).rows() == by_sql
    )
    judged = dict(found.select("path", "judged").rows())
    assert (judged["11.jpg"], judged["copy.jpg"]) == ("no prediction", "no prediction")
    assert set(judged.values()) == {"right", "wrong", "no prediction"}
    copies = found.filter(pl.col("duplicate_group").is_not_null())
    assert sorted(copies["path"]) == ["0.jpg", "copy.jpg"]
    group = store.sql("select distinct group_id from duplicate_groups").fetchall()
    assert [group_id[:12] for (group_id,) in group] == copies["duplicate_group"].unique().to_list()


def test_pictures_are_those_of_the_samples(store, explored):
    found = shown(store).samples
    for path, picture in found.select("path", "picture").rows():
        assert picture["path"] == path
        assert picture["bytes"] == (explored / "faces" / path).read_bytes()


def test_neighbours_are_named_by_sample(store):
    found = shown(store).samples
    ids = dict(found.select("path", "sample_id").rows())
    near = dict(found.select("path", "neighbors").rows())
    assert near["copy.jpg"]["ids"][0] == ids["0.jpg"]
    assert near["copy.jpg"]["distances"] == sorted(near["copy.jpg"]["distances"])
    assert found.select("x", "y").null_count().row(0) == (0, 0)


def test_neighbours_are_left_out_of_many_vectors(store, told, monkeypatch):
    monkeypatch.setattr("facestore.exploring.rows._MOST_COMPARED", 12)
    found = shown(store).samples
    assert ("x" in found.columns, "neighbors" in found.columns) == (True, False)
    assert told[-1].startswith("No neighbours of 13 vectors, as each")
    assert "neighbors" in shown(store, sql="from samples limit 12").samples.columns


def test_a_query_chooses_rows_and_their_order(store):
    sql = "select sample_id, path from samples where path in ('7.jpg', '2.jpg') order by path desc"
    assert shown(store, sql=sql).samples["path"].to_list() == ["7.jpg", "2.jpg"]
    twice = f"from ({sql}) union all select -5, 'none' union all from ({sql})"
    assert len(shown(store, sql=twice).samples) == 2


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("selct 1", "syntax error"),
        ("", "The SQL is empty"),
        ("select 1 as a, 2 as b", "no column sample_id, but a, b"),
        ("select sample_id from samples where false", "no row with a sample_id"),
        ("select -1 as sample_id", "No sample of this store"),
        ("create table mine.t as select 1 as sample_id", "read-only"),
    ],
)
def test_a_query_that_chooses_nothing_is_refused(store, sql, says):
    with pytest.raises((InputError, QueryError), match=says):
        shown(store, sql=sql)


def test_too_many_rows_are_refused_with_a_query_that_takes_some(store, monkeypatch):
    monkeypatch.setattr("facestore.exploring.rows._MOST_ROWS", 5)
    with pytest.raises(InputError, match="13 samples, and 5 can be shown") as refused:
        shown(store)
    advice = str(refused.value).split("sql='")[1].split("'")[0]
    assert len(store.sql(advice).fetchall()) == 13
    with pytest.raises(InputError, match="gives 13 samples, and 5"):
        shown(store, sql=advice)
    assert len(shown(store, sql=f"{advice.split(' using')[0]} using sample 4 rows").samples) == 4


def test_classifiers_by_name_or_attribute(store, told):
    ages = shown(store, attribute="age").samples
    assert told[-1].startswith("Classifier 'ages', the most accurate one of age;")
    assert ages.equals(shown(store, classifier="ages").samples)
    assert "margin" not in ages.columns  # it has none
    assert (ages["judged"] == "wrong").sum() == 6
    with pytest.raises(UnknownNameError, match="No classifier of attribute 'colour'"):
        shown(store, attribute="colour")
    with pytest.raises(UnknownNameError, match="No classifier 'minee'"):
        shown(store, classifier="minee")


def test_a_store_with_nothing_but_samples_says_what_is_missing(tmp_path):
    write_picture(tmp_path / "faces" / "a.jpg", seed=1)
    write_labels(tmp_path / "labels.csv", {"a.jpg": ("0-2", "Male", "White")})
    told = []
    with Store.open(tmp_path / "store", notify=lambda line: told.append(str(line))) as store:
        store.migrate()
        with pytest.raises(InputError, match="The store has no samples yet"):
            shown(store)
        store.ingest(tmp_path / "faces", labels=tmp_path / "labels.csv", dataset="faces")
        told.clear()
        (tmp_path / "faces" / "a.jpg").write_bytes(b"something else")
        found = shown(store).samples
    assert found.columns == [
        "picture", "age", "gender", "race", "path", "dataset", "split", "sample_id",
    ]  # fmt: skip
    assert found["picture"].to_list() == [None]
    assert [line.split(":")[0].split(",")[0] for line in told] == [
        "No picture can be read",
        "No classifier has predicted anything yet",
        "No vectors yet",
    ]


def test_a_large_picture_is_made_small(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (600, 400, 3), np.uint8)
    (tmp_path / "faces").mkdir()
    Image.fromarray(noise).save(tmp_path / "faces" / "a.png")
    with Store.open(tmp_path / "store") as store:
        store.ingest(tmp_path / "faces", dataset="faces")
        (picture,) = shown(store).samples["picture"]
    with Image.open(io.BytesIO(picture["bytes"])) as small:
        assert (small.format, max(small.size)) == ("JPEG", 160)


def test_an_attribute_called_as_one_of_our_columns_is_told_apart(tmp_path):
    write_picture(tmp_path / "faces" / "a.jpg", seed=1)
    (tmp_path / "labels.csv").write_text("file,Judged,gender\na.jpg,often,Male\n")
    with Store.open(tmp_path / "store") as store:
        store.ingest(tmp_path / "faces", dataset="faces")
        store.import_labels(
            tmp_path / "labels.csv", dataset="faces", attributes=["Judged"], new_classes=True
        )
        found = shown(store)
    assert found.attributes == ("label: Judged", "gender")


def test_points_are_kept_for_the_same_vectors_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_points, "user_cache_path", lambda *_a, **_k: tmp_path / "cache")
    monkeypatch.setattr(kept_points, "_WORTH_SECONDS", 0.0)
    vectors = np.random.default_rng(1).normal(size=(30, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    made = points_of(vectors, "pca", 3)
    (file,) = (tmp_path / "cache").iterdir()
    monkeypatch.setattr(kept_points, "project", None)  # not called again
    for one, other in zip(points_of(vectors, "pca", 3), made, strict=True):
        assert np.array_equal(one, other)
    with pytest.raises(TypeError):
        points_of(vectors, "pca", 4)
    with pytest.raises(TypeError):
        points_of(vectors[::-1], "pca", 3)
    # what is broken, or another could have written, is made again
    content = file.read_bytes()
    for bad, mode in ((content[:-40], 0o600), (b"?", 0o600), (content, 0o666)):
        file.write_bytes(bad)
        file.chmod(mode)
        with pytest.raises(TypeError):
            points_of(vectors, "pca", 3)


def test_the_digest_of_a_picture_decides(store, explored):
    """A picture that was replaced under its name is not shown as what was judged."""
    path = explored / "faces" / "5.jpg"
    before = path.read_bytes()
    try:
        write_picture(path, seed=99)
        assert hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(before).digest()
        pictures = dict(shown(store).samples.select("path", "picture").rows())
    finally:
        path.write_bytes(before)
    assert [path for path, picture in pictures.items() if picture is None] == ["5.jpg"]
