"""A folder is as it was or as it is now at every step, and no file of somebody else is lost."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys

import pytest

from facestore import folders
from facestore.folders import replacing_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills and links as POSIX has them")

# Every call that changes a file system, and after which of them the process is killed.
STEPS = """
import ctypes, os, signal, sys
from pathlib import Path
from facestore import folders

kill_at, has_exchange = int(sys.argv[2]), sys.argv[3] == "exchange"
n = 0

def step(event, arguments):
    global n
    changes = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.chmod")
    if event in changes or (event == "open" and isinstance(arguments[2], int) and arguments[2] & 1):
        n += 1
        if n == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

real = folders._exchange
def exchange(part, path):
    global n
    if has_exchange:
        n += 1
        if n == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        ctypes.CDLL = lambda *given, **more: None
    return real(part, path)
folders._exchange = exchange

sys.addaudithook(step)
with folders.replacing_folder(Path(sys.argv[1]), gone=["groups.html"], lasting=False) as new:
    for name in ("index.html", "models.html", "sub/a.png"):
        (new / name).parent.mkdir(exist_ok=True)
        (new / name).write_text(sys.argv[4])
print(n)
"""
OLD = {"index.html": "old", "groups.html": "old", "models.html": "old", "notes.txt": "mine", "sub/a.png": "old",
       "sub/b.png": "mine"}  # fmt: skip


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder):
    return {
        each.relative_to(folder).as_posix(): each.read_text()
        for each in folder.rglob("*")
        if each.is_file() and ".part" not in each.name
    }


def new(text):
    return {
        name: ("mine" if of == "mine" else text)
        for name, of in OLD.items()
        if name != "groups.html"
    }


def run(folder, kill_at, way, text):
    call = [sys.executable, "-c", STEPS, str(folder), str(kill_at), way, text]
    return subprocess.run(call, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_killed_at_any_step_it_is_whole_and_the_next_run_sweeps(tmp_path, way):
    folder = tmp_path / "reports"
    write(folder, OLD)
    n_steps = int(run(folder, 0, way, "first").stdout)
    assert n_steps > 15
    seen = set()
    for kill_at in range(1, n_steps + 1):
        shutil.rmtree(folder)
        write(folder, OLD)
        assert run(folder, kill_at, way, "killed").returncode == -9
        if folder.exists():
            found = read(folder)
            assert found in (OLD, new("killed")), kill_at
            seen.add(found["index.html"])
        else:
            assert way == "renames"
            seen.add("no name")
        with replacing_folder(folder, gone=["groups.html"], lasting=False) as part:
            write(part, {"index.html": "next", "models.html": "next", "sub/a.png": "next"})
        assert read(folder) == new("next"), kill_at
        assert [*tmp_path.iterdir()] == [folder], kill_at
        assert [each for each in folder.rglob("*") if ".part" in each.name] == []
    assert seen == {"old", "killed"} | ({"no name"} if way == "renames" else set())


def test_an_error_leaves_the_old_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "reports"
    write(folder, OLD)
    with pytest.raises(KeyboardInterrupt), replacing_folder(folder, gone=["groups.html"]) as part:
        raise KeyboardInterrupt((part / "index.html").write_text("half"))
    assert read(folder) == OLD
    assert [*tmp_path.iterdir()] == [folder]


def test_what_somebody_puts_there_at_the_last_moment_is_kept(tmp_path, monkeypatch):
    folder = tmp_path / "reports"
    write(folder, OLD)
    real = folders._exchange

    def exchange(part, path):
        write(path, {"late.txt": "late"})
        (path / "saved").write_text("saved anew")
        (path / "saved").replace(path / "notes.txt")  # as editors do
        os.utime(path / "notes.txt", (2e9, 2e9))
        return real(part, path)

    monkeypatch.setattr(folders, "_exchange", exchange)
    with replacing_folder(folder) as part:
        write(part, {"index.html": "new"})
    assert read(folder) == OLD | {
        "index.html": "new",
        "late.txt": "late",
        "notes.txt": "saved anew",
    }
    assert [*tmp_path.iterdir()] == [folder]


def test_links_and_empty_folders_and_modes_stay(tmp_path):
    folder = tmp_path / "reports"
    write(folder, OLD)
    (folder / "empty").mkdir()
    (folder / "to").symlink_to(tmp_path / "nowhere")
    (tmp_path / "data").mkdir()
    (folder / "linked").symlink_to(tmp_path / "data")
    write(tmp_path, {"data/x": "x"})
    (folder / "one").symlink_to(tmp_path / "data" / "x")
    os.utime(tmp_path / "data" / "x", (2e9, 2e9))
    folder.chmod(0o750)
    before = (folder / "notes.txt").stat().st_ino
    with replacing_folder(folder) as part:
        write(part, {"index.html": "new"})
    assert (folder / "empty").is_dir()
    assert (folder / "to").readlink() == tmp_path / "nowhere"
    assert (folder / "linked").readlink() == tmp_path / "data"
    assert (folder / "one").readlink() == tmp_path / "data" / "x"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert (folder / "notes.txt").stat().st_ino == before


@pytest.mark.parametrize("why", ["inside", "store", "no ours", "no link"])
def test_where_it_cannot_be_exchanged_files_come_one_by_one(tmp_path, monkeypatch, why):
    folder = tmp_path / "reports"
    write(folder, OLD)
    never = ["notes.txt"] if why == "store" else []
    if why == "inside":
        monkeypatch.chdir(folder)
    if why == "no link":
        monkeypatch.setattr(os, "link", lambda *_, **__: exec("raise PermissionError(1, 'no')"))
    inode = folder.stat().st_ino
    written = {"other.html": "new"} if why == "no ours" else {"index.html": "new"}
    with replacing_folder(folder, gone=["groups.html"], never=never) as part:
        write(part, written)
    expected = {name: text for name, text in OLD.items() if name != "groups.html"} | written
    assert read(folder) == expected
    assert (folder.stat().st_ino == inode) == (why != "no link")
    assert [*tmp_path.iterdir()] == [folder]
    assert not [each for each in folder.rglob("*") if ".part" in each.name]


def test_of_a_link_the_folder_is_replaced(tmp_path):
    write(tmp_path / "real", OLD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with replacing_folder(tmp_path / "link") as part:
        write(part, {"index.html": "new"})
    assert (tmp_path / "link").is_symlink()
    assert read(tmp_path / "real") == OLD | {"index.html": "new"}


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "reports").touch()
    with pytest.raises(NotADirectoryError), replacing_folder(tmp_path / "reports"):
        pytest.fail("it is refused before anything is made")
    assert [each.name for each in tmp_path.iterdir()] == ["reports"]
