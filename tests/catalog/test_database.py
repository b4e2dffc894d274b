from __future__ import annotations

import shutil
import subprocess
import sys

import duckdb
import pytest

from facestore.catalog.database import Database
from facestore.errors import (
    InputError,
    NotAStoreError,
    QueryError,
    StoreAlteredError,
    StoreBusyError,
    StoreNotFoundError,
    StoreOutdatedError,
    StoreTooNewError,
)
from facestore.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store") as opened:
        opened.migrate()
        yield opened


def test_nothing_is_written_by_opening(tmp_path):
    with (
        Store.open(tmp_path / "new") as store,
        pytest.raises(StoreNotFoundError, match="facestore ingest"),
    ):
        store.sql("select 1")
    assert not (tmp_path / "new").exists()


def test_a_folder_of_other_things_is_no_store(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(NotAStoreError, match=r"no facestore\.duckdb"):
        Store.open(tmp_path)


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(NotAStoreError, match="it is a file"):
        Store.open(tmp_path / "a")


def test_another_file_of_that_name_is_no_store(tmp_path):
    (tmp_path / "facestore.duckdb").write_text("hello")
    with Store.open(tmp_path) as store, pytest.raises(NotAStoreError, match="DuckDB database"):
        store.sql("select 1")


def test_reading_a_newer_store_is_refused(store):
    store.execute("insert into schema_migrations values (9999, 'x', 'y', now()::timestamp)")
    with Store.open(store.path) as again, pytest.raises(StoreTooNewError, match="9999"):
        again.sql("select 1")


def test_reading_an_outdated_store_names_the_command(store):
    store.execute("update schema_views set checksum = 'old' where view_name = 'k_sweep'")
    with Store.open(store.path) as again:
        with pytest.raises(StoreOutdatedError, match=r"k_sweep.*facestore migrate"):
            again.sql("select 1")
        assert "k_sweep" in again.migrate()
        assert again.sql("select count(*) from k_sweep").fetchall() == [(0,)]
        assert again.migrate() == []


@pytest.mark.parametrize("by_a_copy", [False, True])
def test_what_changes_after_it_was_compared_is_compared_again(store, tmp_path, by_a_copy):
    store.set("min_samples", 3)
    file = other = store.path / "facestore.duckdb"
    for _ in range(2):  # after our own write, and after it was read
        with Store.open(store.path) as again:
            again.sql("select 1")
    if by_a_copy:
        other = tmp_path / "facestore.duckdb"
        shutil.copy(file, other)
    with duckdb.connect(str(other)) as con:
        con.execute("create or replace view classifier_summary as select 1 as accuracy")
    if by_a_copy:
        shutil.copy(other, file)
    with Store.open(store.path) as again, pytest.raises(StoreAlteredError, match="classifier_sum"):
        again.sql("select 1")


def test_what_another_program_changed_stays_changed_whatever_is_written_after_it(store):
    store.sql("select 1")
    store.close()
    with duckdb.connect(str(store.path / "facestore.duckdb")) as con:
        con.execute("create or replace view classifier_summary as select 1 as accuracy")
    store.set("min_samples", 3)  # it was compared when this store was opened
    with Store.open(store.path) as again, pytest.raises(StoreAlteredError, match="classifier_sum"):
        again.sql("select 1")


def test_queries_cannot_write(store):
    with pytest.raises(QueryError, match="read-only"):
        store.sql("delete from classes")
    assert store.sql("select count(*) from classes").fetchone() == (18,)


def test_a_failed_statement_writes_nothing(store):
    with pytest.raises(QueryError):
        store.execute("delete from classes; select * from nowhere")
    assert store.sql("select count(*) from classes").fetchone() == (18,)


def test_a_failed_transaction_writes_nothing(store):
    database = store.catalog.database

    def delete_and_fail():
        with database.writing() as con:
            con.execute("delete from classes")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        delete_and_fail()
    assert store.sql("select count(*) from classes").fetchone() == (18,)


HOLD = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("ready", flush=True)
sys.stdin.read()
time.sleep(0.5)
"""


@pytest.fixture
def holder(store):
    """Hold the file in another process, as DBeaver would."""
    running = []

    def hold(mode):
        store.close()
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(store.path / "facestore.duckdb"), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout.readline() == b"ready\n"
        running.append(process)
        return process

    yield hold
    for process in running:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_a_store_in_use_names_the_process(store, holder, monkeypatch):
    process = holder("read")
    monkeypatch.setattr("facestore.locks._WAIT_SECONDS", 0.3)
    with pytest.raises(StoreBusyError, match=f"process {process.pid}"):
        store.execute("select 1")


def test_waiting_is_told_and_has_a_limit_that_can_be_set(store, holder, monkeypatch):
    process = holder("read")
    monkeypatch.setenv("FACESTORE_WAIT", "1.3")
    told = []
    with (
        Store.open(store.path, notify=told.append) as other,
        pytest.raises(StoreBusyError, match=r"FACESTORE_WAIT says"),
    ):
        other.execute("select 1")
    (line,) = told
    assert line.startswith(f"Waiting up to 1.3 s for process {process.pid} (")


def test_a_limit_that_is_no_number_is_refused(store, monkeypatch):
    monkeypatch.setenv("FACESTORE_WAIT", "soon")
    with pytest.raises(InputError, match=r"'soon': a number of seconds"):
        store.execute("select 1")


def test_readers_do_not_hinder_each_other(store, holder):
    holder("read")
    assert store.sql("select count(*) from classes").fetchone() == (18,)


def test_a_writer_waits_for_a_reader_that_leaves(store, holder):
    process = holder("read")
    process.stdin.close()
    store.execute("insert into classes values ('mood', 'glad', 1, null, null)")
    assert store.sql("select count(*) from classes").fetchone() == (19,)


def test_an_ingest_with_nothing_to_do_needs_no_write(store, pictures, holder, monkeypatch):
    store.ingest(pictures, models=["tiny"])
    monkeypatch.setattr("facestore.locks._WAIT_SECONDS", 0.1)
    holder("read")
    assert store.ingest(pictures, models=["tiny"]).changes.n_changed == 0


def test_between_writes_nobody_is_locked_out(store, tmp_path):
    store.execute("select 1")
    code = "import sys, duckdb; duckdb.connect(sys.argv[1]).execute('select 1')"
    path = str(store.path / "facestore.duckdb")
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 0


def test_another_connection_of_this_program_is_told(store):
    store.close()
    with duckdb.connect(str(store.path / "facestore.duckdb")), pytest.raises(StoreBusyError):
        store.sql("select 1")


def test_views_and_tables_carry_their_comments(tmp_path):
    database = Database(tmp_path / "s" / "facestore.duckdb")
    database.update()
    rows = database.reader().execute(
        "select view_name from duckdb_views() where not internal and comment is null"
    )
    assert rows.fetchall() == []
    tables = database.reader().execute(
        "select table_name from duckdb_tables() where comment is null "
        "and table_name <> 'schema_migrations'"
    )
    assert tables.fetchall() == []
    database.close()
