"""What classifiers were trained on: read from older stores, and kept true when splits change."""

from __future__ import annotations

import json
import shutil

import duckdb
import polars as pl
import pytest
from support.rows import classifier, fill, labels, predictions, samples

from facestore import resources
from facestore.catalog.migrate import load_migrations, migrate
from facestore.catalog.sample_rows import LABEL_SCHEMA, SAMPLE_SCHEMA
from facestore.catalog.seen import add_seen
from facestore.seen_data import TRAINED, TUNED, SeenData
from facestore.store import Store

COLUMNS = "classifier_id, purpose, dataset, split, is_whole"


def seen(con):
    return con.execute(f"select {COLUMNS} from classifier_data order by all").fetchall()


def heads(classifier_id, training, **details):
    said = {"file": f"h{classifier_id}.safetensors", "file_sha256": "a" * 64, **details}
    kind = {"kind": "linear_probe", "encoder_id": 1}
    text = json.dumps(said if training is None else said | {"training": training})
    return classifier(classifier_id, f"h{classifier_id}", details=text, **kind)


def run(run_id, command, outcome="done", **arguments):
    times = {"started_at": "2026-01-01", "ended_at": "2026-01-01"}
    said = {"run_id": run_id, "command": command, "arguments": json.dumps(arguments)}
    return said | times | {"outcome": outcome}


@pytest.fixture
def old():
    """Give a store as the version before had it."""
    with duckdb.connect() as con:
        migrate(con, load_migrations(resources.folder("migrations")), stop_before=13)
        yield con


def migrated(con):
    migrate(con, load_migrations(resources.folder("migrations")))
    return seen(con)


def test_an_old_store_says_what_the_files_of_its_heads_say(old):
    on_val = {"dataset": "d", "split": "train", "val_split": "val"}
    fill(
        old,
        classifiers=[
            heads(1, on_val, metrics={"validation_accuracy": 0.9}),
            heads(2, on_val, metrics={"fit_loss": 0.1}),  # its penalty was given
            heads(3, on_val),  # epochs were chosen
            heads(4, {"dataset": "d", "split": None, "val_split": None}),
            heads(5, {"source": "theirs"}),
            classifier(6, "imported", details='{"file": "h1.safetensors"}'),
        ],
    )
    assert migrated(old) == [
        (1, "trained", "d", "train", False),
        (1, "tuned", "d", "val", False),
        (2, "trained", "d", "train", False),
        (3, "trained", "d", "train", False),
        (3, "tuned", "d", "val", False),
        (4, "trained", "d", None, False),
    ]


def test_what_a_file_does_not_say_comes_from_the_run_that_wrote_it(old):
    fill(old, classifiers=[heads(1, None), heads(2, {}), heads(3, {"dataset": "own"})])
    where = {"dataset": "first", "split": "train", "val_split": None}
    fill(
        old,
        runs=[
            run(1, "train probe", **where, file="/a/heads/h1.safetensors"),
            run(2, "train probe", **where | {"dataset": "d"}, file="/b/h1.safetensors"),
            run(3, "train probe", "stopped", **where, file="/b/h1.safetensors"),
            run(4, "predict", **where, file="/b/h2.safetensors"),
            run(5, "train heads", **where, file="/b/h3.safetensors"),
        ],
    )
    assert migrated(old) == [
        (1, "trained", "d", "train", False),
        (3, "trained", "own", None, False),
    ]


@pytest.fixture
def store(new_store, tmp_path):
    """Give a store with eight samples in two splits; `probe` was trained on `train`."""
    shutil.copytree(new_store, tmp_path / "store")
    with duckdb.connect(tmp_path / "store" / "facestore.duckdb") as con:
        fill(con, samples=samples(4, split="train") + samples(4, split="val", first=5))
        fill(con, labels=labels("gender", ["Male", "Female"] * 4))
        fill(con, classifiers=[classifier(1, "probe")], predictions=predictions(["Male"] * 8))
        row = {"classifier_id": 1, "purpose": "trained", "dataset": "faces", "split": "train"}
        fill(con, classifier_data=[row | {"is_whole": False}])
    with Store.open(tmp_path / "store") as opened:
        yield opened


def known(store):
    return seen(store.catalog.database.reader())


def test_a_data_set_keeps_what_was_trained_on_it_under_its_new_name(store):
    store.rename_dataset("faces", "people")
    assert known(store) == [(1, "trained", "people", "train", False)]


def test_a_split_that_samples_left_may_be_seen_in_any(store):
    store.split(dataset="faces", fractions={"train": 0.5, "val": 0.5}, seed=3, force=True)
    assert known(store) == [(1, "trained", "faces", None, True)]
    assert {row[0] for row in store.rows("select seen from leaderboard")[1]} == {"trained"}


@pytest.mark.parametrize(
    ("path", "split", "row"),
    [
        ("1.jpg", "val", (None, True)),  # leaves what was trained on
        ("5.jpg", "train", ("train", False)),
        ("1.jpg", "train", ("train", False)),
        ("1.jpg", None, ("train", False)),
    ],
)
def test_a_sample_that_is_ingested_into_another_split_left_its_own(store, path, split, row):
    columns = {
        "path": [path],
        "image_id": [None],
        "split": [split],
        "tags": [None],
        "error": [None],
        "person_id": [None],
    }
    store.catalog.samples.save(
        "faces",
        source="s",
        layout="folder",
        samples=pl.DataFrame(columns, schema=SAMPLE_SCHEMA),
        labels=pl.DataFrame(schema=LABEL_SCHEMA),
        images=[],
    )
    assert known(store) == [(1, "trained", "faces", *row)]


def test_a_split_of_the_other_data_set_is_known_after_a_merge(store, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("file,gender\n1.jpg,Male\n9.jpg,Male\n")
    store.import_labels(table, dataset="more", create_samples=True)
    with store.catalog.database.writing() as con:
        add_seen(con, 1, [SeenData(TUNED, "more", None), SeenData(TRAINED, "more", "train")])
    store.merge_dataset("more", "faces")
    assert known(store) == [
        (1, "trained", "faces", "train", False),
        (1, "tuned", "faces", None, True),  # 1.jpg is in `train` now, 9.jpg in none
    ]


def test_a_classifier_takes_what_it_saw_along(store):
    store.remove_classifier("probe")
    assert known(store) == []


def test_what_is_known_already_is_not_written_twice(store):
    rows = [SeenData(TRAINED, "faces", "train"), SeenData(TUNED, "faces", "val")]
    for _ in range(2):
        with store.catalog.database.writing() as con:
            add_seen(con, 1, rows)
    assert known(store) == [
        (1, "trained", "faces", "train", False),
        (1, "tuned", "faces", "val", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("faces", ("faces", None, True)),
        ("faces/train", ("faces", "train", False)),
        ("faces/test", ("faces", "test", False)),
        ("elsewhere", ("elsewhere", None, True)),
        ("hub/elsewhere", ("hub", "elsewhere", False)),
    ],
)
def test_a_text_names_a_data_set_or_a_split_of_one(store, text, expected):
    found = store.catalog.seen.meant(TRAINED, text)
    assert (found.dataset, found.split, found.is_whole) == expected


def test_a_data_set_with_a_slash_is_known_by_its_whole_name(store):
    store.rename_dataset("faces", "hub/faces")
    found = [store.catalog.seen.meant(TUNED, each) for each in ("hub/faces", "hub/faces/val")]
    assert found == [
        SeenData(TUNED, "hub/faces", None, is_whole=True),
        SeenData(TUNED, "hub/faces", "val"),
    ]
