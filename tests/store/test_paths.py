"""Paths and texts that a library reads more into, or cannot take, work or are refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from support.pictures import write_picture

from facestore.connections import transaction
from facestore.errors import InputError, UnusablePathError
from facestore.exporting.selection import files_of
from facestore.store import Store

BROKEN = os.fsdecode(b"caf\xe9")


@pytest.mark.parametrize("name", ["what?", "a?b/store", "?/x/y", BROKEN, f"{BROKEN}/store"])
def test_a_store_where_duckdb_can_have_no_file_is_refused_before_anything_is_written(
    facestore, tmp_path, pictures, name
):
    before = sorted(tmp_path.rglob("*"))
    ran = facestore("ingest", pictures, "--store", tmp_path / name)
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert ("what follows a `?` as settings" if "?" in name else "no UTF-8") in ran.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_store_below_a_folder_that_duckdb_cannot_enter_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a?b").mkdir()
    monkeypatch.chdir(tmp_path / "a?b")
    with pytest.raises(UnusablePathError, match=r"'store' \(that is '.*/a\?b/store'\)"):
        Store.open("store")


@pytest.mark.parametrize("name", ["md:faces", ":memory:", "#%41 [a]*'\";{0..1}"])
def test_a_store_may_have_a_name_that_means_something_else_elsewhere(
    tmp_path, pictures, monkeypatch, name
):
    monkeypatch.chdir(tmp_path)
    with Store.open(name) as store:
        store.ingest(pictures, dataset="p")
        store.snapshot(f"snap{name}", vectors=True)
    with Store.open(name) as store:
        assert store.sql("select count(*) from samples").fetchall() == [(6,)]
    assert (tmp_path / name / "facestore.duckdb").stat().st_size
    with Store.open(f"snap{name}") as copy:
        assert copy.sql("select count(*) from samples").fetchall() == [(6,)]


@pytest.mark.usefixtures("store_is_there")
def test_a_snapshot_goes_nowhere_where_it_could_not_be_opened(tmp_path):
    with Store.open(tmp_path / "store") as store:
        for target, vectors in (("snap?.duckdb", False), ("snap?", True), (BROKEN, True)):
            with pytest.raises(UnusablePathError):
                store.snapshot(tmp_path / target, vectors=vectors)
    assert [each.name for each in tmp_path.iterdir()] == ["store"]


def test_the_first_error_of_a_transaction_is_the_one_that_is_raised():
    class Ended:
        """A connection whose transaction DuckDB has ended by itself."""

        def begin(self):
            pass

        def rollback(self):
            raise duckdb.TransactionException("no transaction is active")

    with pytest.raises(ZeroDivisionError), transaction(Ended()):
        _ = 1 / 0


@pytest.mark.usefixtures("store_is_there")
def test_texts_that_are_no_utf_8_are_refused_and_nothing_is_written(facestore, tmp_path, pictures):
    write_picture(pictures / "9.jpg", seed=9)
    for arguments in (
        ("ingest", pictures, "--dataset", BROKEN),
        ("ingest", pictures, "--split", BROKEN),
        ("ingest", pictures, "--model", f"{BROKEN},openai"),
        ("import", "labels", tmp_path / BROKEN, "--dataset", "d"),
        ("sql", f"select '{BROKEN}'"),
        ("search", BROKEN),
        ("near", BROKEN),
        ("score", BROKEN),
        ("models", BROKEN),
    ):
        ran = facestore(*arguments)
        if arguments[0] == "models":  # nothing is called so
            assert ran.status == 0
            continue
        assert (ran.status, ran.err.count("\n")) == (1, 1), (arguments, ran.err)
    with Store.open(tmp_path / "store") as store:
        assert store.sql("from samples").fetchall() == []


@pytest.mark.usefixtures("store_is_there")
def test_folders_and_files_whose_names_are_no_utf_8_are_taken_in_with_escapes(tmp_path, pictures):
    folder = pictures.rename(tmp_path / BROKEN)
    write_picture(folder / "7.jpg", seed=7).rename(folder / os.fsdecode(b"\xff.jpg"))
    with Store.open(tmp_path / "store") as store:
        summary = store.ingest(folder)
        assert (summary.plan.dataset, summary.changes.n_new) == (r"caf\xe9", 7)
        assert store.sql("select source from dataset_sources").fetchall() == [
            (str(tmp_path / r"caf\xe9"),)
        ]
        assert r"\xff.jpg" in store.catalog.samples.of_dataset(r"caf\xe9")["path"].to_list()
        files = files_of(store, store.catalog.exports.samples(None, None)).to_list()
        assert [Path(each).name for each in files][:2] == ["1.jpg", "2.jpg"]
        with pytest.raises(InputError, match="no UTF-8"):
            store.ingest(folder, dataset=BROKEN)


@pytest.mark.usefixtures("store_is_there")
@pytest.mark.parametrize("given", [{"dataset": " "}, {"dataset": "d", "split": "\t"}])
def test_a_blank_name_is_refused(tmp_path, pictures, given):
    with Store.open(tmp_path / "store") as store:
        with pytest.raises(InputError, match="is blank: give a name, or leave it out"):
            store.ingest(pictures, **given)
        assert store.sql("from samples").fetchall() == []
