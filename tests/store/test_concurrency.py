from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest
from support.pictures import write_picture

from facestore.errors import StoreLockedError
from facestore.store import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

OPEN = """
import sys, duckdb
failed = 0
for _ in range(100):
    try:
        with duckdb.connect(sys.argv[1], read_only=True) as con:
            con.execute("select count(*) from samples").fetchone()
    except duckdb.Error as error:
        failed += 1
        print(error)
print("failed", failed)
"""
HOLD = """
import sys
from pathlib import Path
from facestore.locks import only_one
with only_one(Path(sys.argv[1]), *sys.argv[2:] or ["ingest"]):
    print("ready", flush=True)
    sys.stdin.read()
"""


class Watching:
    """A progress that calls something for each image."""

    def __init__(self, each):
        self.each, self.n = each, 0

    def task(self, title, total):
        self.n, self.total, self.title = 0, total, title
        return nullcontext(self)

    def advance(self, n=1):
        self.n += n
        if self.title == "Ingesting":
            self.each(self)


@pytest.fixture
def store(tmp_path, pictures):
    with Store.open(tmp_path / "store") as opened:
        opened.ingest(pictures, models=["tiny"], dataset="first")
        yield opened


def test_a_hundred_readers_while_an_ingest_encodes(store, tmp_path):
    for number in range(60):
        write_picture(tmp_path / "more" / f"{number:02}.jpg", seed=1000 + number)
    readers = []

    def each(task):
        if task.n == 1:
            path = str(store.path / "facestore.duckdb")
            command = [sys.executable, "-c", OPEN, path]
            readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        # Goes on encoding, but not past the last image, after which samples are written.
        elif task.n == task.total:
            readers[0].wait(timeout=120)
        elif readers[0].poll() is None:
            time.sleep(0.02)

    with Store.open(store.path, progress=Watching(each)) as other:
        summary = other.ingest(tmp_path / "more", models=["tiny"], batch_size=4)
    assert sum(summary.n_encoded.values()) == 60
    assert readers[0].stdout.read() == "failed 0\n"
    readers[0].stdout.close()


def test_a_snapshot_while_an_ingest_encodes_passes_doctor(store, tmp_path):
    for number in range(6):
        write_picture(tmp_path / "more" / f"{number}.jpg", seed=2000 + number)
    code = (
        "import sys; from facestore.store import Store\n"
        "with Store.open(sys.argv[1]) as store: store.snapshot(sys.argv[2], vectors=True)"
    )

    def each(task):
        if task.n == 4:
            command = [sys.executable, "-c", code, str(store.path), str(tmp_path / "copy")]
            subprocess.run(command, check=True)

    with Store.open(store.path, progress=Watching(each)) as other:
        other.ingest(tmp_path / "more", models=["tiny"], batch_size=2, dataset="second")
    with Store.open(tmp_path / "copy") as copy:
        assert not [each.name for each in copy.doctor() if each.status == "failed"]
        assert copy.sql("select distinct dataset from samples").fetchall() == [("first",)]


def test_the_second_of_two_ingests_is_told_by_whom(store, pictures):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout.readline() == b"ready\n"
        with pytest.raises(
            StoreLockedError, match=rf"process {first.pid}\).*run the command again"
        ):
            store.ingest(pictures, dataset="second")
        first.stdin.close()
    assert store.ingest(pictures, dataset="second").changes.n_new == 6


def test_the_second_of_two_scores_is_told(store):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.path), "score"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout.readline() == b"ready\n"
        with pytest.raises(StoreLockedError, match=f"Another score runs.*process {first.pid}"):
            store.score("raw_gender_labels")
        first.stdin.close()
    assert store.score("raw_gender_labels").n_similarities == 12


def test_the_lock_of_a_killed_ingest_is_taken_over(store, pictures):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout.readline() == b"ready\n"
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert str(first.pid) in (store.path / ".ingest.pid").read_text()
    assert store.ingest(pictures, dataset="second").changes.n_new == 6


def test_a_lock_alone_does_not_make_a_folder_something_else(tmp_path, pictures):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".ingest.lock").touch()
    (tmp_path / "new" / ".ingest.pid").write_text("1\n")
    with Store.open(tmp_path / "new") as store:
        assert store.ingest(pictures).changes.n_new == 6


@pytest.mark.parametrize("workers", [0, 2])
def test_ctrl_c_keeps_what_was_encoded_and_the_next_run_does_the_rest(tmp_path, pictures, workers):
    def each(task):
        if task.n == 5:
            signal.raise_signal(signal.SIGINT)

    # A shell starts what it puts in the background with SIGINT ignored, and Python leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Store.open(tmp_path / "new", progress=Watching(each)) as store:
        with pytest.raises(KeyboardInterrupt):
            store.ingest(pictures, models=["tiny"], batch_size=2, workers=workers)
        rows = store.sql("select count(*), count(image_id) from samples").fetchall()
        assert rows == [(5, 5)]
        run = "select counts ->> 'n_encoded', outcome from runs"
        assert store.sql(run).fetchall() == [("4", "KeyboardInterrupt:")]
        assert not [each.name for each in store.doctor("samples") if each.status == "failed"]
    with Store.open(tmp_path / "new") as store:
        summary = store.ingest(pictures, models=["tiny"], workers=workers)
    assert summary.changes.n_new == 1
    assert sum(summary.n_encoded.values()) == 1


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
from facestore.cli import main
sys.argv = ["facestore", *sys.argv[2:]]
main()
"""


def run_limited(store, limit, *words):
    """Run a command that can let no file grow beyond a size; the system refuses it like a full disk."""
    store.close()
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *words, "--store", str(store.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stderr
    assert ran.stderr.startswith("Error: ")
    assert ran.stderr.count("\n") == 1
    assert "cannot be written" in ran.stderr
    assert "run the same command again" in ran.stderr


def test_a_disk_too_full_for_vectors_is_one_line_and_leaves_no_half(store, tmp_path):
    for number in range(4):
        write_picture(tmp_path / "more" / f"{number}.jpg", seed=3000 + number)
    run_limited(store, 1_000, "ingest", str(tmp_path / "more"), "--model", "tiny")
    assert not [each.name for each in store.doctor("samples") if each.status == "failed"]
    store.ingest(tmp_path / "more", models=["tiny"])
    assert store.sql("select count(*) from samples").fetchall() == [(10,)]
    assert {each.status for each in store.doctor("vectors/")} == {"ok"}


def test_a_disk_too_full_for_rows_is_one_line_and_leaves_no_half(store):
    value = "select value from settings where setting = 'min_samples'"
    before = store.sql(value).fetchall()
    run_limited(store, 8, "settings", "min_samples", "7")
    assert store.sql(value).fetchall() == before
    store.set("min_samples", 7)
    assert store.sql(value).fetchall() == [("7",)]
