from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys

import duckdb
import numpy as np
import pytest

from facestore.errors import InputError, StoreNotFoundError, StoreWriteError
from facestore.leftovers import part_of
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give a store with pictures and scores that tests only read."""
    from support.pictures import write_picture

    folder = tmp_path_factory.mktemp("made")
    for number in range(3):
        write_picture(folder / "pictures" / f"{number}.jpg", seed=number)
    with Store.open(folder / "store") as store:
        store.ingest(folder / "pictures", models=["tiny"])
        store.score("raw_gender_labels")
    return folder / "store"


@pytest.fixture
def store(made):
    with Store.open(made) as opened:
        yield opened


def rows(path, query="select path, image_id from samples order by all"):
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(query).fetchall()


def test_a_file_has_every_row_and_view_and_its_checksum_beside_it(store, tmp_path):
    target = tmp_path / "out" / "copy.duckdb"
    summary = store.snapshot(target)
    assert rows(target) == store.sql("select path, image_id from samples order by all").fetchall()
    count = "select count(*) from prompt_scores"
    assert rows(target, count) == store.sql(count).fetchall() != [(0,)]
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    assert summary.sha256 == digest
    assert (tmp_path / "out" / "copy.duckdb.sha256").read_text() == f"{digest}  copy.duckdb\n"
    assert sorted(each.name for each in target.parent.iterdir()) == [
        "copy.duckdb",
        "copy.duckdb.sha256",
    ]


def test_who_reads_an_older_copy_keeps_it(store, tmp_path):
    target = tmp_path / "copy.duckdb"
    store.snapshot(target)
    code = (
        "import sys, duckdb; con = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True)\n"
        "sys.stdin.readline(); print(con.execute('select count(*) from samples').fetchone()[0])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(target)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout.readline() == "open\n"
        before = target.stat().st_ino
        store.snapshot(target)
        assert target.stat().st_ino != before
        assert reader.communicate("\n")[0] == "3\n"


def test_a_store_with_vectors_passes_doctor(store, tmp_path):
    target = tmp_path / "copy"
    summary = store.snapshot(target, vectors=True)
    assert summary.n_vectors == 5
    with Store.open(target) as copy:
        assert {each.status for each in copy.doctor()} == {"ok"}
        one, other = (
            {
                key: batch.vectors[i]
                for batch in each.vectors.images(name).batches()
                for i, key in enumerate(batch.keys)
            }
            for each in (store, copy)
            for name in [each.catalog.encoders.only().vectors]
        )
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[key], other[key]) for key in one)


def test_what_a_killed_process_committed_is_in_it(store, tmp_path):
    target, other = tmp_path / "copy.duckdb", tmp_path / "other"
    store.snapshot(other, vectors=True)
    code = (
        "import os, sys, duckdb; con = duckdb.connect(sys.argv[1])\n"
        "con.execute(\"update settings set value = 7 where setting = 'min_samples'\")\n"
        "os.kill(os.getpid(), 9)"
    )
    file = str(other / "facestore.duckdb")
    killed = subprocess.run([sys.executable, "-c", code, file], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (other / "facestore.duckdb.wal").exists()
    with Store.open(other) as copy:
        copy.snapshot(target)
    assert rows(target, "select value from settings where setting = 'min_samples'") == [("7",)]
    assert not target.with_name("copy.duckdb.wal").exists()


def test_what_a_killed_snapshot_left_is_removed(store, tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = part_of(tmp_path / "copy.duckdb")
    left = left.with_name(left.name.replace(f".{os.getpid()}.", f".{gone.pid}."))
    left.mkdir()
    (left / "copy.duckdb").write_bytes(b"half")
    store.snapshot(tmp_path / "copy.duckdb")
    assert not left.exists()


def test_nothing_that_is_there_is_overwritten_but_an_older_snapshot(store, made, tmp_path):
    with pytest.raises(InputError, match="has its own files there"):
        store.snapshot(made / "facestore.duckdb")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    with pytest.raises(InputError, match="a folder"):
        store.snapshot(tmp_path / "there")
    with pytest.raises(InputError, match="is there already"):
        store.snapshot(tmp_path / "there", vectors=True)
    with Store.open(tmp_path / "none") as none, pytest.raises(StoreNotFoundError):
        none.snapshot(tmp_path / "copy.duckdb")


def test_a_place_that_cannot_be_written_is_one_line(store, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreWriteError, match="nothing was half written"):
        store.snapshot(tmp_path / "file" / "copy.duckdb")
