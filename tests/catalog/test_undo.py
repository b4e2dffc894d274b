"""A DuckDB file that was half written when the power went is put back to what it was."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys

import duckdb
import pytest

from facestore.catalog.database import Database
from facestore.catalog.undo import Undo
from facestore.config import CATALOG_FILE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is kept there")

# A process that ends while it writes: what it does to the file is in its arguments.
DIES = """
import os, sys
from pathlib import Path
import duckdb
from facestore.catalog.undo import Undo
path = Path(sys.argv[1])
con = duckdb.connect(str(path))
Undo(path).keep(con)
blocks = con.execute("select block_id from pragma_metadata_info() where free_blocks > 0").fetchall()
for what in sys.argv[2:]:
    if what == "block":
        for (block,) in blocks:
            with path.open("r+b") as file:
                os.pwrite(file.fileno(), bytes(4096), 3 * 4096 + block * 262144)
    elif what == "log":
        con.execute("delete from runs")
        with path.with_name(path.name + ".wal").open("ab") as file:
            file.write(bytes(4096))
    elif what == "half kept":
        kept = path.with_name(path.name + ".undo")
        kept.write_bytes(kept.read_bytes()[:5000])
    elif what == "kept as zeros":
        kept = path.with_name(path.name + ".undo")
        content = kept.read_bytes()
        kept.write_bytes(content[:20_000] + bytes(len(content) - 20_000))
    else:
        con.execute("update settings set value = '7' where setting = 'min_samples'")
        con.execute("checkpoint")
os._exit(9)
"""


@pytest.fixture
def path(new_catalogue, tmp_path):
    path = tmp_path / CATALOG_FILE
    shutil.copyfile(new_catalogue, path)
    with Database(path).writing() as con:
        con.execute("insert into runs select i, 'x', '{}', '{}', '{}', now(), now(), 'done' from range(50) t(i)")  # fmt: skip
    return path


def dies(path, *damage):
    ran = subprocess.run([sys.executable, "-c", DIES, path, *damage], capture_output=True, check=False)  # fmt: skip
    assert ran.returncode == 9, ran.stderr


def others(path):
    return sorted(each.name for each in path.parent.iterdir() if each.name.startswith(path.name))


def n_runs(path):
    database = Database(path)
    try:
        return database.reader().execute("select count(*) from runs").fetchone()[0]
    finally:
        database.close()


@pytest.mark.parametrize("damage", [("block",), ("log",), ("block", "log")], ids=" ".join)
@pytest.mark.parametrize("writes", [False, True])
def test_half_a_write_is_undone_by_whoever_comes_next(path, damage, writes):
    dies(path, *damage)
    copy = path.parent / "copy"
    copy.mkdir()
    for name in others(path):
        if not name.endswith(".undo"):
            shutil.copyfile(path.with_name(name), copy / name)
    with pytest.raises(duckdb.IOException, match=r"Corrupt|checksum|WAL"):
        duckdb.connect(str(copy / path.name)).execute("select count(*) from runs")
    if writes:
        with Database(path).writing() as con:
            con.execute("delete from runs where run_id = 0")
    assert n_runs(path) == 50 - writes
    left = [f"{path.name}.wal.set_aside"] if "log" in damage else []
    assert others(path) == [path.name, *left]


def test_a_checkpoint_that_was_complete_stays(path):
    dies(path, "commits")
    database = Database(path)
    rows = database.reader().execute("select value from settings where setting = 'min_samples'").fetchall()  # fmt: skip
    database.close()
    assert rows == [("7",)]
    assert f"{path.name}.undo" not in others(path)


@pytest.mark.parametrize("damage", ["half kept", "kept as zeros"])
def test_what_was_half_kept_puts_nothing_back(path, damage):
    before = path.read_bytes()
    dies(path, damage)
    assert n_runs(path) == 50
    assert path.read_bytes() == before
    assert others(path) == [path.name]


def kept(places, content):
    about = {"places": places, "sha256": hashlib.sha256(content).hexdigest(), "has_log": False}
    return json.dumps(about).encode() + b"\n" + content


FOREIGN = {
    "far behind the end": lambda head: kept([[0, 12288], [1 << 43, 4096]], head + bytes(4096)),
    "beyond all numbers": lambda head: kept([[0, 12288], [1 << 70, 4096]], head + bytes(4096)),
    "before the beginning": lambda head: kept([[0, 12288], [-4096, 4096]], head + bytes(4096)),
    "no number": lambda head: kept([[0, 12288], [float("inf"), 1]], head),
    "less than its places": lambda head: kept([[0, 12288], [1 << 18, 4096]], head),
    "lists in lists": lambda _: b"[" * 200_000 + b"\n",
    "no places": lambda head: kept(None, head),
    "longer than the file": lambda head: kept([[0, 12288]], head) + bytes(1 << 25),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=list(FOREIGN))
def test_what_no_process_of_ours_kept_puts_nothing_back(path, foreign):
    before = path.read_bytes()
    path.with_name(f"{path.name}.undo").write_bytes(foreign(before[:12288]))
    assert n_runs(path) == 50
    assert path.read_bytes() == before
    assert others(path) == [path.name]


def test_a_store_that_is_only_compared_with_is_not_written_to(path, new_store, facestore, tmp_path):
    shutil.copytree(new_store, tmp_path / "store")
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(path, other / "facestore.duckdb")
    dies(other / "facestore.duckdb", "commits")
    before = {each.name: each.read_bytes() for each in other.iterdir()}
    ran = facestore("report", "--diff", other)
    assert ran.status == 1
    assert "was cut off" in ran.err
    assert {each.name: each.read_bytes() for each in other.iterdir()} == before
    assert facestore("doctor", "--store", other).status == 0
    assert "cut off" not in facestore("report", "--diff", other).err


def test_nothing_is_undone_while_the_file_is_being_written(path):
    database = Database(path)
    with database.writing() as con:
        con.execute("delete from runs")
        assert f"{path.name}.undo" in others(path)
        Undo(path).recover()  # of another store object of this process
        assert f"{path.name}.undo" in others(path)
        script = "import sys; from pathlib import Path; from facestore.catalog.undo import Undo; Undo(Path(sys.argv[1])).recover()"  # fmt: skip
        subprocess.run([sys.executable, "-c", script, path], check=True)
        assert f"{path.name}.undo" in others(path)
    assert n_runs(path) == 0
    assert others(path) == [path.name]
