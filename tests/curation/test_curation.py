"""dedup and split on a store of pictures."""

from __future__ import annotations

import csv
import shutil

import pytest
from PIL import Image
from support.moved import copy_moved
from support.pictures import write_labels, write_picture

from facestore.cli.summaries import lines_of
from facestore.errors import InputError, UnknownNameError
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


def write_faces(folder):
    """Write pictures: 1 and its copy of other labels, 2 and a smaller one, 3 to 12 alone."""
    for number in range(1, 13):
        write_picture(folder / f"{number}.jpg", seed=number)
    (folder / "copy.jpg").write_bytes((folder / "1.jpg").read_bytes())
    with Image.open(folder / "2.jpg") as picture:
        width, height = picture.size
        picture.resize((width - 8, height - 8)).save(folder / "0_small.jpg", quality=90)


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    base = tmp_path_factory.mktemp("curation")
    shutil.copytree(new_store, base / "store")
    folder = base / "faces"
    write_faces(folder)
    rows = {
        path.name: ("20-29", "Male" if path.stem in ("1", "2", "3") else "Female", "White")
        for path in sorted(folder.iterdir())
    }
    rows["0_small.jpg"] = rows["2.jpg"]
    labels = write_labels(base / "labels.csv", rows)
    with Store.open(base / "store") as opened:
        opened.ingest(folder, dataset="faces", labels=labels)
    return base


@pytest.fixture
def folder(made, tmp_path):
    copy_moved(made, tmp_path)
    return tmp_path / "faces"


@pytest.fixture
def store(folder, tmp_path):
    with Store.open(tmp_path / "store") as opened:
        yield opened


def excluded(store):
    return store.sql(
        "select samples.path, reason, policy, max_distance, kept.path from excluded_samples "
        "inner join samples using (sample_id) "
        "left join samples as kept on kept_sample_id = kept.sample_id order by all"
    ).fetchall()


ONE = [
    ("0_small.jpg", "nearly the same", "keep-one", 5, "2.jpg"),
    ("copy.jpg", "same content", "keep-one", 5, "1.jpg"),
]


def test_what_each_policy_costs_is_shown_before_anything_is_written(store):
    effects = store.duplicates(dataset="faces")
    assert [(e.policy, e.n_samples, e.n_images, e.n_excluded, e.n_kept) for e in effects] == [
        ("keep-one", 14, 13, 2, 12),
        ("drop-conflicting", 14, 13, 3, 11),
        ("drop-all", 14, 13, 3, 11),
    ]
    assert excluded(store) == []


def test_the_distance_is_that_of_the_setting_or_another(store):
    hash_of = "(select phash from images inner join samples using (image_id) where path = '{}')"
    store.execute(
        f"update images set phash = xor({hash_of.format('2.jpg')}, 7) where image_id = "
        "(select image_id from samples where path = '0_small.jpg')"
    )
    assert [store.duplicates(max_distance=d)[0].n_excluded for d in (2, 3)] == [1, 2]
    store.set("duplicate_distance", 2)
    assert store.duplicates()[0].n_excluded == 1
    assert store.dedup("keep-one", max_distance=3).n_excluded == 2
    assert excluded(store)[0][3] == 3


def test_a_policy_replaces_the_last_one_and_is_undone(store):
    summary = store.dedup("keep-one")
    assert lines_of(summary)[0].startswith(
        "2 samples are left out by 'keep-one' within 5 bits (2 rows"
    )
    assert excluded(store) == ONE
    assert store.dedup("keep-one").changes.n_new == 0
    assert len(store.sql("from runs where command = 'dedup'")) == 1
    store.dedup("drop-conflicting")
    assert excluded(store) == [
        ("0_small.jpg", "nearly the same", "drop-conflicting", 5, "2.jpg"),
        ("1.jpg", "labels conflict", "drop-conflicting", 5, None),
        ("copy.jpg", "labels conflict", "drop-conflicting", 5, None),
    ]
    assert store.undo_dedup() == 3
    assert excluded(store) == []
    assert store.undo_dedup() == 0
    assert [f.name for f in store.doctor() if f.status == "failed"] == []


def test_only_the_data_set_that_is_named_changes(store, folder):
    store.ingest(folder, dataset="again")
    store.dedup("keep-one")
    assert len(excluded(store)) == 4
    assert store.undo_dedup(dataset="again") == 2
    assert excluded(store) == ONE
    store.dedup("drop-all", dataset="again")
    assert {row[2] for row in excluded(store)} == {"keep-one", "drop-all"}
    with pytest.raises(UnknownNameError, match="No data set 'agian'"):
        store.dedup("keep-one", dataset="agian")


def test_no_file_is_touched_and_the_list_says_what_is_left_out(store, folder, tmp_path):
    before = {path: path.stat() for path in folder.iterdir()}
    assert store.export_excluded(tmp_path / "list.csv", policy="keep-one") == 2
    assert excluded(store) == []
    with (tmp_path / "list.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(r["path"], r["policy"], r["reason"], r["kept_path"]) for r in rows] == [
        (path, policy, reason, kept) for path, reason, policy, _, kept in ONE
    ]
    store.dedup("drop-all")
    assert store.export_excluded(tmp_path / "list.csv") == 3
    after = {path: path.stat() for path in folder.iterdir()}
    assert {p: (s.st_mtime_ns, s.st_size) for p, s in after.items()} == {
        p: (s.st_mtime_ns, s.st_size) for p, s in before.items()
    }
    with pytest.raises(InputError, match="There is no folder"):
        store.export_excluded(tmp_path / "none" / "list.csv")


def test_a_sample_whose_content_changes_is_no_longer_left_out(store, folder):
    store.dedup("keep-one")
    write_picture(folder / "copy.jpg", seed=99)
    store.ingest(folder, dataset="faces")
    assert excluded(store) == ONE[:1]


def test_unknown_policies_and_distances_are_refused(store):
    with pytest.raises(InputError, match=r"No policy 'drop'\. Did you mean 'drop-all'"):
        store.dedup("drop")
    with pytest.raises(InputError, match="13 bits: expected 0 to 12"):
        store.duplicates(max_distance=13)


def splits(store):
    return dict(store.sql("select path, split from samples order by path").fetchall())


def test_a_split_is_refused_where_there_is_one_unless_it_is_forced(store):
    summary = store.split("faces", "0.5,0.5")
    assert summary.sizes == {"train": 7, "test": 7}
    assert lines_of(summary)[0] == (
        "14 samples of 'faces': train 7 (0.5000), test 7 (0.5000); 14 changed"
    )
    first = splits(store)
    assert first["1.jpg"] == first["copy.jpg"]
    assert first["2.jpg"] == first["0_small.jpg"]
    with pytest.raises(
        InputError, match=r"'faces' is split already \(test 7, train 7\): add `force=True`"
    ):
        store.split("faces", "0.5,0.5", seed=1)
    assert splits(store) == first
    store.split("faces", {"fit": 0.5, "judge": 0.5}, seed=1, force=True)
    assert set(splits(store).values()) == {"fit", "judge"}
    store.split("faces", "0.5,0.5", force=True)
    assert splits(store) == first
    made = "select dataset, splits, fractions, stratified_by, seed from dataset_splits"
    assert store.sql(made).fetchall() == [("faces", ["train", "test"], [0.5, 0.5], [], 0)]
    assert len(store.sql("from runs where command = 'split'")) == 3


def test_two_stores_and_orders_of_insertion_give_the_same_split(store, folder, tmp_path):
    store.split("faces", "0.6,0.2,0.2", stratify=["gender"])
    with Store.open(tmp_path / "other") as other:
        for name in ("9.jpg", "2.jpg", "copy.jpg"):
            part = tmp_path / "part" / name
            part.parent.mkdir(exist_ok=True)
            part.write_bytes((folder / name).read_bytes())
            other.ingest(part.parent, dataset="faces")
        other.ingest(folder, dataset="faces", labels=tmp_path / "labels.csv")
        ids = "select path, sample_id from samples order by path"
        assert other.sql(ids).fetchall() != store.sql(ids).fetchall()
        other.split("faces", "0.6,0.2,0.2", stratify=["gender"])
        assert splits(other) == splits(store)


def test_an_audit_finds_duplicates_that_came_later(store, folder):
    store.split("faces", "0.5,0.5")
    assert store.doctor("splits_keep_duplicates_together")[0].n_bad == 0
    store.execute("update samples set split = 'train' where path = 'copy.jpg'")
    store.execute("update samples set split = 'test' where path = '1.jpg'")
    (finding,) = store.doctor("splits_keep_duplicates_together")
    assert (finding.status, finding.n_bad) == ("failed", 1)


def test_samples_without_pictures_are_split_by_their_names(tmp_path):
    rows = {f"{i}.jpg": ("20-29", "Male" if i % 3 else "Female", "White") for i in range(60)}
    labels = write_labels(tmp_path / "labels.csv", rows)
    with Store.open(tmp_path / "store") as store:
        store.import_labels(labels, dataset="faces", create_samples=True)
        store.split("faces", "0.5,0.5", stratify=["gender"])
        cells = store.sql(
            "select group_name, n_samples from split_balance where group_attribute = 'gender'"
        )
        assert sorted(cells.fetchall()) == [
            ("Female", 10),
            ("Female", 10),
            ("Male", 20),
            ("Male", 20),
        ]
        with pytest.raises(UnknownNameError, match="No labelled attribute 'mood'"):
            store.split("faces", stratify=["mood"], force=True)
        with pytest.raises(UnknownNameError, match="No data set 'face'"):
            store.split("face")
