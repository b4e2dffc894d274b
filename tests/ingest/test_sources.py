"""A data set's pictures are found in every place that it was ingested from, and by nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.containers import encoded, write_hugging_face, write_tar
from support.pictures import write_picture

from facestore.exporting.selection import files_of
from facestore.reporting.thumbnails import find_thumbnail
from facestore.store import Store
from facestore.stores import pictures_of
from facestore.training.classify_images import image_files

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture
def store(store_is_there, tmp_path):
    told: list[object] = []
    with Store.open(tmp_path / "store", notify=told.append) as opened:
        opened.told = told
        yield opened


@pytest.fixture
def fairface(tmp_path):
    """Give FairFace's layout: two folders in which other pictures have the same names."""
    folder = tmp_path / "fairface"
    for i, split in enumerate(("train", "val")):
        for n in (1, 2):
            write_picture(folder / split / f"{n}.jpg", seed=10 * i + n)
        gender = ("Male", "Female")[i]
        table = "".join(f"{split}/{n}.jpg,{gender}\n" for n in (1, 2))
        (folder / f"fairface_label_{split}.csv").write_text(f"file,gender\n{table}")
    return folder


def ingest(store, fairface, split):
    labels = fairface / f"fairface_label_{split}.csv"
    return store.ingest(fairface / split, labels=labels, dataset="fairface", split=split)


def shown(store, folder=None):
    """Return the paths of the samples that have a thumbnail."""
    pictures = pictures_of(store, folder)
    rows = store.sql("select dataset, path, image_id from samples order by path").fetchall()
    return [
        path
        for of, path, known in rows
        if find_thumbnail(pictures.get(of), path, known) is not None
    ]


def files(store):
    """Return the files that exports name, and which of them are there."""
    named = files_of(store, store.catalog.exports.samples(None, None)).to_list()
    return named, [Path(each).is_file() for each in named]


ALL = ["train/1.jpg", "train/2.jpg", "val/1.jpg", "val/2.jpg"]


def test_pictures_of_both_folders_are_found_each_in_its_own(store, fairface):
    for split in ("train", "val"):
        ingest(store, fairface, split)
    assert shown(store) == ALL
    assert len(image_files(store)) == 4
    assert files(store) == ([str(fairface / each) for each in ALL], [True] * 4)
    assert store.told == []
    shutil.rmtree(fairface / "val")  # and no picture of the other folder takes its place
    assert shown(store) == ALL[:2]
    assert files(store)[0] == [
        str(fairface / "train/1.jpg"),
        str(fairface / "train/2.jpg"),
        *ALL[2:],
    ]
    assert "2 of 4 samples have no file that is there (fairface/val/1.jpg" in store.told[0]


def test_pictures_that_came_after_their_labels_are_found(store, fairface):
    for split in ("train", "val"):
        table = fairface / f"fairface_label_{split}.csv"
        store.import_labels(table, dataset="fairface", create_samples=True)
    assert shown(store) == []
    rows = store.sql("select path, label from labels inner join samples using (sample_id)")
    assert sorted(rows.fetchall()) == [
        ("train/1.jpg", "Male"), ("train/2.jpg", "Male"),
        ("val/1.jpg", "Female"), ("val/2.jpg", "Female"),
    ]  # fmt: skip
    assert ingest(store, fairface, "val").changes.n_labels_changed == 0
    ingest(store, fairface, "train")
    assert shown(store) == ALL


def test_a_folder_that_moved_is_found_where_it_was_given_again(store, fairface, tmp_path):
    ingest(store, fairface, "train")
    moved = fairface.rename(tmp_path / "elsewhere")
    assert shown(store) == []
    again = ingest(store, moved, "train")
    assert (again.changes.n_new, again.changes.n_changed) == (0, 0)
    assert shown(store) == ALL[:2]
    assert files(store)[1] == [True, True]


def test_a_store_that_moved_says_what_to_do_and_that_works(store, fairface, tmp_path):
    ingest(store, fairface, "val")
    store.close()
    shutil.move(store.path, tmp_path / "moved")
    told: list[object] = []
    with Store.open(tmp_path / "moved", notify=told.append) as moved:
        assert files(moved) == (ALL[2:], [False, False])
        assert f"`facestore ingest {fairface / 'val'} dataset=fairface`" in str(told[0])
        assert shown(moved, fairface) == ALL[2:]  # a folder that is named is looked in
        moved.ingest(fairface / "val", dataset="fairface")
        assert files(moved)[1] == [True, True]


def test_a_second_folder_that_was_not_given_here_is_not_looked_at(store, fairface):
    ingest(store, fairface, "train")
    (row,) = store.sql("select arguments::varchar from runs").fetchall()
    other = json.dumps(json.loads(row[0]) | {"source": str(fairface / "val")})
    store.execute(f"update runs set arguments = '{other}'")
    store.execute("update samples set path = replace(path, 'train', 'val')")
    assert shown(store) == ["val/1.jpg", "val/2.jpg"]  # by hash, in the folder that was given
    assert f"not read from '{fairface / 'val'}'" in str(store.told[0])


@pytest.mark.parametrize(
    ("table", "prefix"),
    [
        ("a/b/labels.csv", "../../f/x/"),
        ("f/labels.csv", "x/"),
        ("labels.csv", "f/x/"),
        ("labels.csv", ""),
        ("labels.csv", "{folder}/f/x/"),
        ("labels.csv", "f\\x\\"),
        ("labels.csv", "./x/"),
    ],
)
def test_exports_name_the_file_however_the_table_of_labels_calls_it(store, tmp_path, table, prefix):
    for n in (1, 2):
        write_picture(tmp_path / "f" / "x" / f"{n}.jpg", seed=n)
    path = tmp_path / table
    path.parent.mkdir(parents=True, exist_ok=True)
    start = prefix.format(folder=tmp_path)
    path.write_text("file,gender\n" + "".join(f"{start}{n}.jpg,Male\n" for n in (1, 2)))
    summary = store.ingest(tmp_path / "f", labels=path)
    assert summary.plan.n_labelled == 2
    assert sorted(files(store)[0]) == [str(tmp_path / "f" / "x" / f"{n}.jpg") for n in (1, 2)]
    assert len(shown(store)) == 2
    assert store.told == []


def test_what_lies_in_tars_and_tables_has_no_file_and_that_is_said(store, tmp_path, pictures):
    write_tar(tmp_path / "a.tar", {"1.jpg": encoded(1)})
    write_hugging_face(tmp_path / "b.parquet", [encoded(2)])
    (tmp_path / "list.csv").write_text("path\npictures/1.jpg\nhttps://example.org/1.jpg\n")
    for source in ("a.tar", "b.parquet", "list.csv"):
        store.ingest(tmp_path / source, workers=0)
    named, there = files(store)
    assert named == [
        "a.tar/1.jpg",
        "b.parquet/0",
        "https://example.org/1.jpg",
        str(pictures / "1.jpg"),
    ]
    assert there == [False, False, False, True]
    (line,) = store.told
    assert "2 of 4 samples lie inside tars or Parquet files" in str(line)
