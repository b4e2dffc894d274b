"""What a power cut leaves: by a record of calls, by the image of a file system, and as older versions left it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from faults.power import disk
from faults.power.record import can_trace, record

from facestore import Store

pytestmark = pytest.mark.usefixtures("store_is_there")

_PAIRS = 256


@pytest.fixture
def ingested(facestore, pictures, tmp_path):
    """Give a function that runs one and the same ingest."""
    return lambda *more: facestore("ingest", tmp_path / "pictures", "--model", "tiny", *more)


def vectors_of(store):
    with Store.open(store) as opened:
        (name,) = opened.vectors.names()
        table = opened.vectors.images(name.removesuffix(".images"))
        return {key: each.vectors[i].tobytes() for each in table.batches() for i, key in enumerate(each.keys)}  # fmt: skip


def lance_files(store):
    return [path for path in (store / "vectors").rglob("*") if path.is_file()]


def cut_short(store, left):
    """Leave of all that Lance wrote what a cut left when nothing was synced."""
    for path in lance_files(store):
        if path.name == "on_disk.json":  # older versions had none
            path.unlink()
        else:
            path.write_bytes(left(path.stat().st_size))


@pytest.mark.parametrize("left", [lambda _: b"", bytes], ids=["0 bytes", "zeros"])
def test_a_store_whose_vectors_a_cut_took_is_told_of_and_the_same_ingest_makes_them_again(
    ingested, facestore, tmp_path, left
):
    store = tmp_path / "store"
    assert ingested().status == 0
    before = vectors_of(store)
    cut_short(store, left)
    info = facestore("info")
    assert info.status == 0
    words = " ".join(info.out.split())
    assert ".images.lance cannot be read (" in words
    assert "facestore doctor --repair" in words
    for ran in (facestore("doctor"), facestore("near", "1.jpg")):
        assert ran.status == 1
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("Error: ")
    assert "vectors_fit_their_encoders" in facestore("doctor").err
    again = ingested()
    assert again.status == 0
    assert "cannot be read" in again.err
    assert "none is left" in again.err
    assert vectors_of(store) == before
    assert facestore("doctor").status == 0


@pytest.mark.parametrize(
    ("kind", "left"), [("images", lambda _: b""), ("texts", bytes)], ids=["0 bytes", "zeros"]
)
def test_what_writes_vectors_does_so_again_over_a_version_that_a_cut_took(
    facestore, pictures, tmp_path, kind, left
):
    store, source = tmp_path / "store", tmp_path / "v.npz"
    rng = np.random.default_rng(0)

    def run(n):
        """Import `n` images, or score the n-th prompt set."""
        if kind == "texts":
            return facestore("score", ("raw_gender_labels", "raw_race_labels")[n - 1])
        names, vectors = [f"{i}.jpg" for i in range(n)], rng.normal(size=(n, 8))
        np.savez(source, files=np.array(names), emb=vectors.astype("float32"))
        return facestore(
            *("import", "embeddings", source, "--dataset", "d"),
            *("--model", "RN50,theirs", "--create-samples"),
        )

    if kind == "texts":
        facestore("ingest", pictures, "--model", "tiny")
    assert run(1).status == 0
    (table,) = (store / "vectors").glob(f"*.{kind}.lance")
    note, catalogue = table / "on_disk.json", store / "facestore.duckdb"
    before, noted = catalogue.read_bytes(), note.read_bytes()
    rng = np.random.default_rng(0)
    assert run(2).status == 0
    newest = min((table / "_versions").glob("*.manifest"))
    newest.write_bytes(left(newest.stat().st_size))
    note.write_bytes(noted)
    catalogue.write_bytes(before)
    rng = np.random.default_rng(0)
    again = run(2)
    assert (again.status, "cannot be read" in again.err) == (0, True)
    assert facestore("doctor", "--deep").status == 0


def test_repair_goes_back_to_what_can_be_read_and_says_so(ingested, facestore, tmp_path):
    store = tmp_path / "store"
    ingested()
    n = len(vectors_of(store))
    shutil.copyfile(tmp_path / "pictures" / "1.jpg", tmp_path / "pictures" / "new.jpg")
    with (tmp_path / "pictures" / "new.jpg").open("ab") as file:
        file.write(b"other bytes, the same picture")
    ingested()
    assert len(vectors_of(store)) == n + 1
    min(store.rglob("*.manifest")).write_bytes(b"")
    failed = facestore("doctor", "vectors_fit_their_encoders")
    assert failed.status == 1
    assert "cannot be read" in failed.out
    assert "doctor --repair" in failed.err
    repaired = facestore("doctor", "--repair")
    assert repaired.status == 0
    assert f"{n + 1} vectors of version" in repaired.err  # it was the compaction that was lost
    assert len(vectors_of(store)) == n + 1
    assert facestore("doctor", "--repair").err.count("set_aside") == 0
    (details,) = facestore("sql", "select counts from runs where command = 'doctor'", "--format", "json").rows  # fmt: skip
    assert "vectors" in str(details)


@pytest.fixture(scope="module")
def strace():
    if not can_trace():
        pytest.skip("strace is not here, or may not trace")


@pytest.mark.usefixtures("strace")
def test_a_cut_at_any_call_loses_nothing_that_was_acknowledged(tmp_path):
    """The short form of `make power`."""
    script = Path(__file__).parent / "power" / "campaign.py"
    out = tmp_path / "out.json"
    ran = subprocess.run(
        [sys.executable, script, "--states", "2", "--images", "5", "--out", out, "--commands", "ingest"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(out.read_text())
    assert found["problems"] == []
    assert sum(found["states"].values()) >= 2


PROGRAM = """
import os, sys
root = sys.argv[1] + "/"
def put(name, content, sync):
    with open(root + name, "wb") as file:
        file.write(content)
        file.flush()
        if sync:
            os.fsync(file.fileno())
put("kept", b"x" * 5000, True)
put("lost", b"y" * 9000, False)
os.mkdir(root + "folder")
put("folder/inner", b"z", True)
os.fsync(os.open(root, os.O_RDONLY))
with open(root + "kept", "r+b") as file:
    file.seek(4999)
    file.write(b"abc")
    file.flush()
os.rename(root + "kept", root + "renamed")
"""


@pytest.mark.usefixtures("strace")
def test_the_simulator_keeps_what_was_synced_and_nothing_else(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    shadow = disk.Disk(root)
    for call in record([sys.executable, "-c", PROGRAM, str(root)], root, tmp_path / "trace"):
        shadow.do(call)
    assert shadow.now() == disk.read(root)
    assert shadow.now()["renamed"] == b"x" * 4999 + b"abc"
    # the name of `inner` was never synced, nor were the content of `lost` and the new name of `kept`
    assert shadow.left("a") == {"kept": b"x" * 5000, "lost": b"", "folder": None}
    assert shadow.left("0") == {"renamed": b"x" * 5000, "lost": b"", "folder": None, "folder/inner": b"z"}  # fmt: skip
    assert shadow.left("z") == shadow.left("0") | {"renamed": b"x" * 5000 + bytes(2), "lost": bytes(9000)}  # fmt: skip
    seen = [shadow.left("c", seed) for seed in range(_PAIRS)]
    assert {"kept", "renamed"} == {name for each in seen for name in each} - {
        "lost",
        "folder",
        "folder/inner",
    }
    assert all(("kept" in each) != ("renamed" in each) for each in seen)
    pages = {each["lost"].count(b"y") for each in seen}
    assert pages == {0, 808, 4096, 4904, 8192, 9000}


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    at.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-o", "loop", image, at], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no loop mounts here: {done.stderr.decode()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", at], check=True)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mkfs.ext4") is None,
    reason="needs root and mkfs.ext4",
)
def test_an_image_of_the_disk_at_the_moment_ingest_ends_has_all_vectors(ingested, facestore, tmp_path):  # fmt: skip
    """End to end: ext4 itself says what is on the disk, and replays its journal."""
    image, copy = tmp_path / "image", tmp_path / "copy"
    with image.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0", image], check=True)
    with mounted(image, tmp_path / "disk") as place:
        store = place / "new" / "store"
        assert ingested("--store", store).status == 0
        shutil.copyfile(image, copy)
        expected = vectors_of(store)
    assert len(expected) == 5
    with mounted(copy, tmp_path / "after") as place:
        store = place / "new" / "store"
        assert vectors_of(store) == expected
        assert facestore("doctor", "--store", store).status == 0
        with Store.open(store) as opened:
            rows = opened.sql("select image_id from images").fetchall()
        assert {key for (key,) in rows} == set(expected)
