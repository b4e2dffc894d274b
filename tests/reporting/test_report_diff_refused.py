"""What a store cannot be compared with: each is told in one line, and nothing is written."""

from __future__ import annotations

import shutil

import duckdb
import pytest

from facestore.errors import InputError, OtherStoreError, UnknownNameError
from facestore.store import Store

# the two stores are made once for both files
pytestmark = pytest.mark.xdist_group("report_diff")


def old_views(file):
    with duckdb.connect(file) as con:
        con.execute("update schema_views set checksum = 'x' where view_name = 'accuracy_by_group'")


def old_version(file):
    with duckdb.connect(file) as con:
        con.execute("delete from schema_migrations where version > 3")


def new_version(file):
    with duckdb.connect(file) as con:
        con.execute("insert into schema_migrations values (99, 'later', 'x', '2030-01-01')")


def no_catalogue(file):
    file.unlink()
    with duckdb.connect(file) as con:
        con.execute("create table samples (sample_id integer)")


def no_database(file):
    file.write_bytes(b"no database" * 1000)


def table(file):
    """DuckDB itself would read these as tables of a database in memory."""
    file.write_text("file,gender\n1.jpg,Male\n")


def nothing(file):
    file.write_bytes(b"")


@pytest.mark.parametrize("name", ["other.csv", "other.parquet", "other.json", "other.sqlite"])
@pytest.mark.parametrize("write", [table, nothing])
def test_files_of_other_kinds_are_refused_in_one_line(two_stores, tmp_path, name, write):
    write(tmp_path / name)
    refused = pytest.raises(OtherStoreError, match="cannot be opened as a DuckDB database")
    with Store.open(two_stores[1]) as store, refused:
        store.report(tmp_path / "out", diff=tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("spoil", "found", "todo"),
    [
        (old_views, "its views are those of another version", "`facestore migrate store=FOLDER`"),
        (old_version, r"it has schema version 3, this store \d", "`facestore migrate store=FOLDER`"),
        (new_version, r"it has schema version 99, this facestore knows \d", "pip install -U"),
        (no_catalogue, "without the tables of facestore", "Give a store or a snapshot"),
        (no_database, "cannot be opened as a DuckDB database", "facestore snapshot"),
    ],
)  # fmt: skip
def test_what_is_no_store_of_this_version_is_refused(two_stores, tmp_path, spoil, found, todo):
    before, after = two_stores
    other = tmp_path / "other.duckdb"
    shutil.copy(before, other)
    spoil(other)
    bytes_before = other.read_bytes()
    with Store.open(after) as store:
        with pytest.raises(OtherStoreError, match=f"'{other}' cannot be compared.*{found}") as told:
            store.report(tmp_path / "out", diff=other)
        assert todo in str(told.value)
        assert "was expected" in str(told.value)
        assert not (tmp_path / "out").exists()
        # the store is as usable as before
        assert store.sql("select count(*) from samples").fetchall() == [(86,)]
    assert other.read_bytes() == bytes_before


def test_folders_and_files_that_are_no_store_and_the_store_itself_are_refused(two_stores, tmp_path):
    _, after = two_stores
    (tmp_path / "empty").mkdir()
    with Store.open(after) as store:
        for given, found in (("none", "no such file"), ("empty", "no facestore.duckdb")):
            with pytest.raises(OtherStoreError, match=found):
                store.report(tmp_path / "out", diff=tmp_path / given)
        for given in (after, after / "facestore.duckdb"):
            with pytest.raises(InputError, match="is the store itself"):
                store.report(tmp_path / "out", diff=given)
        with pytest.raises(InputError, match="give it as `diff=OTHER`"):
            store.report(tmp_path / "out", only=["diff"])
        with pytest.raises(UnknownNameError, match="Did you mean 'diff'"):
            store.report(tmp_path / "out", only=["dif"], diff=after)
    assert not (tmp_path / "out").exists()


def test_an_old_store_is_told_to_migrate(two_stores, tmp_path):
    before, after = two_stores
    (tmp_path / "old").mkdir()
    shutil.copy(before, tmp_path / "old" / "facestore.duckdb")
    old_views(tmp_path / "old" / "facestore.duckdb")
    with Store.open(after) as store, pytest.raises(OtherStoreError) as told:
        store.report(tmp_path / "out", diff=tmp_path / "old")
    assert f"Run `facestore migrate store={tmp_path / 'old'}` once." in str(told.value)


def test_what_is_not_counted_is_counted_first(two_stores, tmp_path):
    """A macro reads the database in use: views of the other could not count what is not kept."""
    stores = [shutil.copytree(two_stores[1], tmp_path / name) for name in "ab"]
    for at in stores:
        with duckdb.connect(at / "facestore.duckdb") as con:
            con.execute("delete from counted_predictions")
        with Store.open(stores[0]) as store:
            with pytest.raises((InputError, OtherStoreError), match=r"ot everything .* is counted.*migrate") as told:  # fmt: skip
                store.report(tmp_path / "out", diff=stores[1])
            assert at.name in str(told.value)
        with Store.open(at) as store:
            store.migrate()
    with Store.open(stores[0]) as store:
        store.report(tmp_path / "out", diff=stores[1])
