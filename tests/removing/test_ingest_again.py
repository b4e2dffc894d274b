"""What was forgotten is not taken in again unless told, and samples that lost their file are counted."""

from __future__ import annotations

import shutil

import pytest
from removing.conftest import ANNA, NEAR, TWIN, well

from facestore import Store
from facestore.errors import InputError, TableError


def test_a_forgotten_picture_is_passed_over_under_any_name_until_told(store, folder):
    pictures = folder / "pictures"
    store.forget([ANNA, TWIN])
    shutil.copyfile(pictures / ANNA, pictures / "people" / "renamed.png")
    given = {"dataset": "faces", "labels": folder / "labels.csv", "models": ["tiny"], "device": "cpu", "workers": 0}  # fmt: skip
    summary = store.ingest(pictures, **given)
    assert sorted(summary.refused) == sorted([ANNA, TWIN, "people/renamed.png"])
    assert (summary.changes.n_new, summary.changes.n_labels_new, summary.n_images_new) == (0, 0, 0)
    assert summary.n_encoded == {"tiny fp32": 0}
    assert store.sql("select count(*) from forgotten").fetchone() == (3,)
    # and in a store that others ingest into under another name
    assert len(store.ingest(pictures, dataset="other", workers=0).refused) == 3
    summary = store.ingest(pictures, again=True, **given)
    assert (summary.changes.n_new, summary.n_images_new, summary.n_encoded) == (3, 1, {"tiny fp32": 1})  # fmt: skip
    assert store.sql("select count(*) from forgotten").fetchone() == (0,)
    assert store.ingest(pictures, **given).refused == ()
    assert well(store) == []


def test_a_sample_that_stays_with_the_same_picture_is_none_of_those(store, folder):
    store.forget([ANNA])
    summary = store.ingest(folder / "pictures", dataset="faces", workers=0)
    assert summary.refused == (ANNA,)
    assert summary.changes.n_changed == 0


def test_samples_that_lost_their_file_are_counted_and_taken_out_when_told(store, folder):
    pictures = folder / "pictures"
    (pictures / NEAR).unlink()
    (pictures / ANNA).unlink()
    summary = store.ingest(pictures, dataset="faces", workers=0)
    assert sorted(summary.gone.paths) == sorted([ANNA, NEAR])  # names alone never had one
    assert store.sql("select count(*) from samples").fetchone() == (13,)
    store.ingest(pictures, dataset="faces", workers=0, prune=True)
    assert store.sql(f"select count(*) from samples where path in ('{ANNA}', '{NEAR}')").fetchone() == (0,)  # fmt: skip
    assert store.sql("select count(*) from samples").fetchone() == (11,)
    assert well(store) == []
    # they are not forgotten: a file that comes back is taken in
    shutil.copyfile(pictures / TWIN, pictures / ANNA)
    assert store.ingest(pictures, dataset="faces", workers=0).changes.n_new == 1


def test_what_lies_in_another_source_of_the_data_set_is_not_gone(folder, tmp_path):
    for part, names in (("train", ("p0", "p1")), ("val", ("p2", "p3"))):
        (tmp_path / part).mkdir()
        for name in names:
            shutil.copyfile(folder / "pictures" / "people" / f"{name}.png", tmp_path / part / f"{name}.png")  # fmt: skip
    with Store.open(tmp_path / "parts") as store:
        for part in ("train", "val", "train"):
            summary = store.ingest(tmp_path / part, dataset="d", workers=0, prune=True)
            assert summary.gone.paths == ()
        (tmp_path / "val" / "p2.png").unlink()
        assert store.ingest(tmp_path / "train", dataset="d", workers=0).gone.paths == ("p2.png",)
        (tmp_path / "val").rename(tmp_path / "away")
        summary = store.ingest(tmp_path / "train", dataset="d", workers=0, prune=True)
        assert (summary.gone.paths, summary.gone.unsure) == ((), ("p2.png", "p3.png"))
        assert store.sql("select count(*) from samples").fetchone() == (4,)


def test_a_folder_with_none_of_the_samples_prunes_nothing(folder, tmp_path):
    (tmp_path / "one").mkdir()
    shutil.copyfile(folder / "pictures" / NEAR, tmp_path / "one" / "a.png")
    with Store.open(tmp_path / "parts") as store:
        store.ingest(tmp_path / "one", dataset="d", workers=0)
        (tmp_path / "one" / "a.png").rename(tmp_path / "one" / "b.png")
        with pytest.raises(InputError, match="None of 1 sample of data set 'd' is in"):
            store.ingest(tmp_path / "one", dataset="d", workers=0, prune=True)


def test_a_sample_of_labels_alone_gets_no_picture_that_was_forgotten(store, folder):
    store.forget([ANNA, TWIN])
    (folder / "later.csv").write_text("file,gender\nfresh.png,Male\n")
    for dataset in ("faces", "new"):
        store.import_labels(folder / "later.csv", dataset=dataset, create_samples=True)
        (folder / "later").mkdir(exist_ok=True)
        shutil.copyfile(folder / "pictures" / ANNA, folder / "later" / "fresh.png")
        summary = store.ingest(folder / "later", dataset=dataset, workers=0)
        assert summary.refused == ("fresh.png",)
        assert summary.changes.n_pictured == 0
    assert store.sql("select count(*) from samples where path like '%fresh.png' and image_id is not null").fetchone() == (0,)  # fmt: skip


def test_files_that_were_passed_over_are_not_counted_as_labelled(facestore, folder, monkeypatch):
    monkeypatch.setenv("FACESTORE_STORE", str(folder / "store"))
    assert facestore("forget", ANNA, TWIN).status == 0
    ran = facestore("ingest", folder / "pictures", "--labels", folder / "labels.csv", "--dataset", "faces", "--split", "train")  # fmt: skip
    assert "9 files labelled (0 labels new, 0 changed)" in ran.out + ran.err
    assert "2 files were forgotten here" in ran.out + ran.err


@pytest.mark.parametrize("merged", [False, True])
def test_what_was_forgotten_stays_so_when_its_data_set_is_called_otherwise(few, few_folder, merged):
    few.forget(["zq-1.jpg"])
    few.rename_dataset("faces", "second")
    few.rename_dataset("second", "third")
    if merged:
        (few_folder / "one.csv").write_text("file,gender\nelse.jpg,Male\n")
        few.import_labels(few_folder / "one.csv", dataset="whole", create_samples=True)
        few.merge_dataset("third", "whole")
    name = "whole" if merged else "third"
    with pytest.raises(TableError, match=r"1 of its files was forgotten here \(zq-1.jpg\)"):
        few.import_labels(few_folder / "few.csv", dataset=name, create_samples=True)


def test_an_import_that_would_make_a_sample_again_is_refused(few, few_folder):
    few.forget(["zq-1.jpg"])
    with pytest.raises(TableError, match=r"1 of its files was forgotten here \(zq-1.jpg\)"):
        few.import_labels(few_folder / "few.csv", dataset="faces", create_samples=True)
    few.import_labels(few_folder / "few.csv", dataset="other", create_samples=True)


def test_the_command_counts_both(facestore, folder):
    at = ["--store", folder / "store", "--dataset", "faces", "--workers", "0"]
    (folder / "pictures" / NEAR).unlink()
    facestore("forget", ANNA, "--store", folder / "store")
    ran = facestore("ingest", folder / "pictures", *at)
    assert f"1 file was forgotten here and not taken in ({ANNA}); --again takes them in" in ran.out  # fmt: skip
    assert f"1 sample has no file any more ({NEAR}); --prune takes out such samples" in ran.out
    ran = facestore("ingest", folder / "pictures", *at, "--prune", "--again")
    assert f"1 sample was taken out, since the file is gone ({NEAR})" in ran.out
    assert "forgotten" not in ran.out
