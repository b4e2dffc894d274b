"""Numbers that are none are refused by every importer, and a store that has some is still shown."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import polars as pl
import pytest

from facestore.errors import InputError, TableError
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(tmp_path):
    labels = tmp_path / "l.csv"
    labels.write_text("file,age,gender\n1.jpg,25,Male\n2.jpg,33,Female\n3.jpg,41,Male\n")
    with Store.open(tmp_path / "store") as opened:
        opened.import_labels(labels, dataset="d", create_samples=True)
        yield opened


def predictions(tmp_path, **columns):
    path = tmp_path / "p.parquet"
    table = {"file": ["1.jpg", "2.jpg"], "predicted": ["20-29", "30-39"]} | columns
    pl.DataFrame(table).write_parquet(path)
    return path


def count(store, table):
    return store.sql(f"select count(*) from {table}").fetchone()[0]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"score": [0.9, float("inf")]}, "'2.jpg' has 'inf' in column 'score'"),
        ({"margin": [float("nan"), 0.1]}, "'1.jpg' has 'nan' in column 'margin'"),
        ({"value": [25.0, -500.0]}, "'2.jpg' has '-500.0' .*years from -100 to 250"),
        ({"value": [999, 25]}, "'1.jpg' has '999"),
        ({"value": [25.0, 1e300]}, "'2.jpg' has '1e"),
        ({"score": [True, False]}, "holds boolean"),
        ({"score": ["0,9", "0,8"]}, "a point for decimals"),
        ({"architecture": ["A", "A"], "k": [1.5, 1.5]}, "whole number from 1 up"),
        ({"architecture": ["A", "A"], "k": [2**40, 1]}, "'1.jpg' has '1099511627776"),
        ({"attribute": ["age", None]}, "'2.jpg' has no attribute"),
        ({"classifier": [" ", "c"]}, "'1.jpg' has no classifier"),
    ],
)
def test_predictions_that_are_no_numbers_are_refused_whole(store, tmp_path, columns, said):
    who = {} if {"classifier", "architecture"} & set(columns) else {"classifier": "A"}
    what = {} if "attribute" in columns else {"attribute": "age"}
    with pytest.raises(TableError, match=said):
        store.import_predictions(predictions(tmp_path, **columns), dataset="d", **who, **what)
    assert count(store, "predictions") == 0


def test_an_empty_cell_and_numbers_in_text_are_taken(store, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        'file,predicted,score,value\n1.jpg,20-29,"0.9",-2.5\n2.jpg,30-39,,\n3.jpg,40-49,1,40\n'
    )
    store.import_predictions(path, dataset="d", attribute="age", classifier="A")
    rows = store.sql("select score, value from predictions order by sample_id").fetchall()
    assert rows == [(0.9, -2.5), (None, None), (1.0, 40.0)]


@pytest.mark.parametrize("scale", [float("nan"), float("inf"), 0, -100])
def test_a_scale_is_a_number_above_0(store, tmp_path, scale):
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"1.jpg": {"a": 20.0, "b": 21.0}}))
    with pytest.raises(InputError, match="`scale="):
        store.import_similarities(path, dataset="d", model="A", scale=scale)
    assert count(store, "similarities") == 0


@pytest.mark.parametrize("logit_scale", [float("nan"), 0, -1])
def test_a_logit_scale_is_a_number_above_0(store, tmp_path, logit_scale):
    path = tmp_path / "v.npz"
    np.savez(path, files=np.array(["1.jpg"]), emb=np.ones((1, 4), np.float32))
    with pytest.raises(InputError, match="`logit_scale="):
        store.import_embeddings(path, dataset="d", model="A", logit_scale=logit_scale)
    assert count(store, "encoders") == 0


def test_the_fault_as_it_was_seen(facestore, tmp_path):
    labels, table = tmp_path / "l.csv", tmp_path / "p.csv"
    labels.write_text("file,age,gender\n1.jpg,25,Male\n2.jpg,33,Female\n3.jpg,41,Male\n")
    table.write_text(
        "file,predicted,score,value\n1.jpg,20-29,0.9,nan\n2.jpg,30-39,inf,-500\n3.jpg,40-49,nan,1e300\n"
    )
    facestore("import", "labels", labels, "--dataset", "d", "--create-samples")
    ran = facestore(
        "import", "predictions", table, "--dataset", "d", "--attribute", "age", "--classifier", "A"
    )
    assert ran.status == 1
    assert "'2.jpg' has 'inf' in column 'score' (2 such values)" in ran.err
    assert facestore("sql", "from predictions", "--format", "json").rows == []


def test_a_store_that_has_such_rows_is_still_reported(store, tmp_path):
    numbers = predictions(tmp_path, value=[25.0, 33.0], score=[0.5, 0.5])
    store.import_predictions(numbers, dataset="d", attribute="age", classifier="A")
    store.close()
    with duckdb.connect(str(tmp_path / "store" / "facestore.duckdb")) as con:
        con.execute("update predictions set value = 1e300, score = 'nan' where sample_id = 1")
        con.execute("update labels set value = 'nan' where sample_id = 2")
    with Store.open(tmp_path / "store") as opened:
        content = json.loads(opened.report(format="json").read_text(), parse_constant=pytest.fail)
        opened.report(only=["ages", "errors"])
        mae = opened.sql("select n_samples, mae from age_errors").fetchall()
    found = {row["warning"]: row["n"] for row in content["tables"]["warnings"]["rows"]}
    assert found["predictions with a score or number that is none"] == 1
    assert mae == []


def test_a_setting_that_no_view_can_read_is_told_in_one_line(facestore, tmp_path):
    facestore("settings", "min_samples", 1)
    with duckdb.connect(str(tmp_path / "store" / "facestore.duckdb")) as con:
        con.execute("update settings set value = 'nan'")
    ran = facestore("report", "--format", "json")
    assert (ran.status, ran.err.count("\nError: ")) == (1, 1)
    assert "Traceback" not in ran.err
    assert "A row of the store cannot be computed with" in ran.err
    assert "`facestore doctor` finds it" in ran.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["split", "--dataset", "d", "--seed", 2**40], "--seed 1099511627776: a whole number"),
        (["check", "--min-accuracy", "nan"], "--min-accuracy nan: a finite number"),
        (["dedup", "--cosine", "inf"], "--cosine inf: a finite number"),
        (["train", "probe", "--dataset", "d", "--attribute", "a", "--few-shot", 10**20],
         "--few-shot 100000000000000000000: a whole number"),
    ],
)  # fmt: skip
def test_no_option_takes_what_is_no_number(facestore, command, said):
    ran = facestore(*command)
    assert ran.status == 2
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize("name", ["", " ", "a\0b", "\udcff"])
def test_names_are_text_that_can_be_seen(store, tmp_path, name):
    table = predictions(tmp_path)
    known = {"dataset": "d", "attribute": "age", "classifier": "A"}
    for parameter in ("dataset", "classifier", "split"):
        with pytest.raises(InputError, match=f"`{parameter}="):
            store.import_predictions(table, **(known | {parameter: name}))
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"1.jpg": {"a": 20.0, "b": 21.0}}))
    with pytest.raises(InputError, match="`model="):
        store.import_similarities(path, dataset="d", model=name)
    assert (count(store, "classifiers"), count(store, "datasets"), count(store, "encoders")) == (
        0,
        1,
        0,
    )
