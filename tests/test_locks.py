from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from facestore.errors import StoreLockedError, StoreWriteError
from facestore.locks import SUFFIXES, lock_file, only_one

HOLD = """
import sys
from pathlib import Path
from facestore.locks import only_one
with only_one(Path(sys.argv[1]), "ingest"):
    print("ready", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(folder):
    """Hold the lock of an ingest in a process that ends with the block."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            yield process
        finally:
            process.stdin.close()


def take(folder, command="ingest"):
    """Return what the holder's file says while this process holds the lock."""
    with only_one(folder, command):
        return (folder / f".{command}.pid").read_text()


def test_the_second_of_two_processes_is_told_by_whom_each_time(tmp_path):
    with another_process(tmp_path) as first:
        for _ in range(3):  # to be refused must not make the holder unknown
            with pytest.raises(StoreLockedError) as refused:
                take(tmp_path)
            assert str(refused.value) == (
                f"Another ingest runs on '{tmp_path}' (process {first.pid}), and a store takes "
                "one at a time: wait until it has ended, or stop it, and run the command again."
            )
        assert take(tmp_path, "score") == f"{os.getpid()}\n"
    assert take(tmp_path) == f"{os.getpid()}\n"


def test_a_killed_process_holds_nothing_any_more(tmp_path):
    with another_process(tmp_path) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    assert (tmp_path / ".ingest.pid").read_text() == f"{first.pid}\n"  # it had no time to tidy up
    assert take(tmp_path) == f"{os.getpid()}\n"


def test_another_thread_of_the_same_process_is_refused(tmp_path):
    with ThreadPoolExecutor(1) as threads:
        with only_one(tmp_path, "ingest"):
            with pytest.raises(StoreLockedError, match=rf"process {os.getpid()}\)"):
                threads.submit(take, tmp_path).result()
            with pytest.raises(StoreLockedError, match=rf"process {os.getpid()}\)"):
                take(tmp_path)
        assert threads.submit(take, tmp_path).result() == f"{os.getpid()}\n"


def test_an_error_within_passes_and_frees_the_lock(tmp_path):
    with pytest.raises(OSError, match="of the command"), only_one(tmp_path, "ingest"):
        raise OSError("of the command")
    assert take(tmp_path) == f"{os.getpid()}\n"


def test_a_holder_that_cannot_be_read_is_unknown(tmp_path):
    with only_one(tmp_path, "ingest"):
        (tmp_path / ".ingest.pid").unlink()
        with pytest.raises(StoreLockedError, match=r"\(process unknown\)"):
            take(tmp_path)


def test_what_is_left_is_known_for_a_lock(tmp_path):
    with only_one(tmp_path / "new" / "store", "ingest"):
        held = {each.name for each in (tmp_path / "new" / "store").iterdir()}
    assert held == {".ingest.lock", ".ingest.pid"}
    assert {name[name.rindex(".") :] for name in held} == SUFFIXES
    left = [*(tmp_path / "new" / "store").iterdir()]
    assert left in ([], [lock_file(tmp_path / "new" / "store", "ingest")])  # Windows removes it


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreWriteError, match=r"file/store' cannot be written \(Not a directory\)"):
        take(tmp_path / "file" / "store")


def test_a_holder_that_cannot_be_written_frees_the_lock(tmp_path):
    (tmp_path / ".ingest.pid").mkdir()
    with pytest.raises(StoreWriteError, match="Is a directory"):
        take(tmp_path)
    (tmp_path / ".ingest.pid").rmdir()
    assert take(tmp_path) == f"{os.getpid()}\n"


def test_it_is_the_lock_that_older_versions_take(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    with (
        only_one(tmp_path, "ingest"),
        lock_file(tmp_path, "ingest").open("r+") as file,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with lock_file(tmp_path, "ingest").open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(StoreLockedError):
            take(tmp_path)
