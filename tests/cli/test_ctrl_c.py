"""Ctrl-C at any moment: one line and status 130 within seconds, and a second one ends at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to send")

LINE = "Error: Stopped. What was done is kept: run the same command again to go on.\n"
SCRIPT = """
import os, signal, sys, threading, time, weakref
from facestore.cli import main
import facestore.cli.commands as commands
from facestore.stopping import uninterrupted
def ready():
    print("ready", flush=True)
{work}
commands.run = lambda stopping: work() or 0
main()
"""
# What Ctrl-C meets; `ready` says that it may come.
WORK = {
    "a wait for another thread, with Polars loaded": """
def work():
    import polars
    lock = threading.Lock()
    lock.acquire()
    ready()
    lock.acquire()
""",
    "a callback, where Python drops it": """
class Thing: pass
def slow(_):
    ready()
    end = time.monotonic() + 0.5
    while time.monotonic() < end: pass
def work():
    thing = Thing()
    kept = weakref.ref(thing, slow)
    del thing
    time.sleep(60)
""",
    "a library that swallows it": """
def work():
    try:
        ready()
        time.sleep(60)
    except BaseException:
        pass
    time.sleep(60)
""",
    "a statement in DuckDB": """
def work():
    import duckdb
    ready()
    duckdb.sql("select sum(hash(i)) from range(100_000_000_000) as t(i)").fetchall()
""",
    "a thread that reads on": """
def work():
    threading.Thread(target=time.sleep, args=(60,)).start()
    ready()
    time.sleep(60)
""",
}


@pytest.fixture(autouse=True)
def _heeded():
    """Have children heed the signal, also where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(*words, **more):
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def stopped(process, limit):
    """Press Ctrl-C; return status, output and errors, which have to be there in so many seconds."""
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=limit)
    finally:
        process.kill()
    return process.returncode, out, err


def script(work):
    process = start("-c", SCRIPT.format(work=work))
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    return process


@pytest.mark.parametrize("meets", WORK)
def test_one_ends_it_wherever_it_comes(meets):
    assert stopped(script(WORK[meets]), 20) == (130, "", LINE)


def test_it_is_put_off_where_a_lock_is_taken_and_where_things_belong_together():
    work = """
def acquire():
    ready()
    end = time.monotonic() + 0.3
    while time.monotonic() < end: pass
    print("taken", flush=True)
def work():
    acquire()
    with uninterrupted():
        time.sleep(0.2)
        print("both", flush=True)
    time.sleep(60)
"""
    status, out, err = stopped(script(work), 20)
    assert (status, err) == (130, LINE)
    # the first one ends the function, not what comes after it
    assert out in ("taken\n", "taken\nboth\n")
    work = work.replace("    acquire()\n    with", "    with").replace(
        "time.sleep(0.2)", "ready(); time.sleep(0.3)"
    )
    assert stopped(script(work), 20) == (130, "both\n", LINE)


def test_what_is_written_after_it_is_not_disturbed_and_a_second_one_ends_at_once():
    work = """
def work():
    try:
        ready()
        time.sleep(60)
    finally:
        time.sleep(0.5)
        print("written", flush=True)
        {more}
"""
    assert stopped(script(work.format(more="pass")), 20) == (130, "written\n", LINE)
    process = script(work.format(more="time.sleep(60)"))
    for _ in range(2):  # the same one, passed on twice
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    assert process.stdout.readline() == "written\n"
    time.sleep(1)
    assert stopped(process, 5) == (130, "", "")


def there(place, process):
    """Wait until a command has made something."""
    while not any(place[0].glob(place[1])):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_ingest_and_score_stop_at_several_moments_and_go_on(facestore, pictures, tmp_path):
    store = tmp_path / "store"
    ingest = ["ingest", pictures, "--model", "tiny"]
    score = ["score", "raw_gender_labels"]
    moments = [
        (ingest, ".facestore.duckdb-*.part/facestore.duckdb", 0.4),  # views are made
        (ingest, "facestore.duckdb", 0.5),  # models are loaded
        (score, ".score.lock", 0.1),
    ]
    for words, place, seconds in moments:
        if words is score:
            assert facestore(*ingest).status == 0
        process = start("-m", "facestore", *words, cwd=tmp_path)
        there((store, place), process)
        time.sleep(seconds)
        status, _, err = stopped(process, 30)
        assert (status, err) == (130, LINE), place
        left = [each.name for each in store.iterdir() if each.name.endswith((".part", ".pid"))]
        assert left == []
        if place.startswith(".facestore"):
            assert not (store / "facestore.duckdb").exists()
            shutil.rmtree(store)
    assert facestore(*score).status == 0
    assert facestore("doctor", "--deep").status == 0
