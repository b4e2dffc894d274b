"""Containers from ingest to reading their images again, in one store."""

from __future__ import annotations

import hashlib
import json

import pytest
from support.containers import encoded, write_hugging_face, write_tar

from facestore.cli.summaries import lines_of
from facestore.store import Store
from facestore.training.classify_images import image_files

pytestmark = pytest.mark.usefixtures("store_is_there")

IMAGES = [encoded(seed) for seed in range(6)]
FAIRFACE = {"gender": ["Male", "Female"]}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layouts")
    write_hugging_face(
        folder / "hf" / "train-00000-of-00001.parquet",
        [*IMAGES[:4], b"junk"],
        {"gender": [0, 1, 0, 1, 0], "age": [25, 3, 70, 8, 9]},
        FAIRFACE,
        row_group_size=2,
    )
    for shard in range(2):
        write_tar(
            folder / f"shard-{shard}.tar",
            {
                "1.jpg": IMAGES[4 + shard],
                "1.json": json.dumps({"gender": "Female"}).encode(),
                "2.jpg": IMAGES[0],
            },
        )
    (folder / "list.csv").write_text("file,gender\nhf/1.jpg,Male\n")
    (folder / "hf" / "1.jpg").write_bytes(IMAGES[5])
    with Store.open(folder / "store") as store:
        runs = {
            "hf": store.ingest(folder / "hf" / "train-00000-of-00001.parquet", dataset="hf"),
            "tars": store.ingest(folder / "shard-{0..1}.tar"),
            "list": store.ingest(folder / "list.csv", workers=0),
        }
        yield store, folder, runs


def test_samples_are_called_after_their_place_and_a_bad_row_has_its_error(ingested):
    store, folder, _ = ingested
    found = store.sql("select dataset, layout, path, error from samples inner join datasets "
                      "using (dataset) order by all").fetchall()  # fmt: skip
    name = "train-00000-of-00001.parquet"
    junk = "not an image of a known format"
    expected = [("hf", "parquet", f"{name}/{i}", junk if i == 4 else None) for i in range(5)]
    expected += [("list", "list", "hf/1.jpg", None)]
    tars = [f"shard-{i}.tar/{j}.jpg" for i in range(2) for j in (1, 2)]
    expected += [(folder.name, "webdataset", path, None) for path in tars]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert store.sql("select count(*) from images").fetchall() == [(6,)]


def test_labels_and_splits_come_from_inside(ingested):
    store, _, _ = ingested
    found = store.sql(
        "select path, attribute, label, value, split from labels inner join samples "
        "using (sample_id) where dataset = 'hf' and path like '%/1' order by attribute"
    ).fetchall()
    path = "train-00000-of-00001.parquet/1"
    assert found == [
        (path, "age", "3-9", 3.0, "train"),
        (path, "gender", "Female", None, "train"),
    ]


def test_summaries_say_what_was_recognised_and_why(ingested):
    _, _, runs = ingested
    assert "layout parquet: 1 Parquet files with a column of images" in lines_of(runs["hf"])
    assert "layout webdataset: 2 tar files" in lines_of(runs["tars"])
    assert "layout list: a table with a column 'file' of paths" in lines_of(runs["list"])


def test_again_nothing_is_new(ingested):
    store, folder, _ = ingested
    for source in ("hf/train-00000-of-00001.parquet", "shard-{0..1}.tar", "list.csv"):
        summary = store.ingest(folder / source, dataset="hf" if source[0] == "h" else None)
        assert (summary.changes.n_new, summary.changes.n_changed) == (0, 0)
        assert summary.changes.n_labels_new == 0


def test_every_image_is_read_again_by_the_path_of_a_sample(ingested):
    store, _, _ = ingested
    files = image_files(store)
    assert {key: hashlib.sha256(file.read_bytes()).hexdigest() for key, file in files.items()} == {
        hashlib.sha256(content).hexdigest(): hashlib.sha256(content).hexdigest()
        for content in IMAGES
    }


def test_doctor_finds_the_sources_and_misses_one_that_is_gone(ingested):
    store, folder, _ = ingested
    from facestore.upkeep.vector_audits import VectorAudit

    def gone():
        found = {each.name: each for each in VectorAudit(store, 5, deep=False).findings()}
        return found["datasets_have_folders"].n_bad

    assert gone() == 0
    (folder / "shard-1.tar").rename(folder / "moved.tar")
    try:
        assert gone() == 1
    finally:
        (folder / "moved.tar").rename(folder / "shard-1.tar")
