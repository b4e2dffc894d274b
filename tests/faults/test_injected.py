"""The short form of failing calls, and limits of memory; processes of their own."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ONLY = "import labels (no store)"


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not (shutil.which("cc") or shutil.which("gcc")),
    reason="the library that lets calls fail needs Linux and a C compiler",
)
def test_failing_calls_lose_nothing(tmp_path):
    script, out = Path(__file__).with_name("injected.py"), tmp_path / "out.json"

    ran = subprocess.run(
        [sys.executable, script, "--each", "1", "--seed", "1", "--out", out, "--only", ONLY],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(out.read_text())
    assert found["problems"] == []
    # All kinds of errors were met, and all calls of DuckDB were seen.
    assert set(found["faults"]) == {
        "ENOSPC", "EIO", "EMFILE", "ENOLCK", "EDQUOT", "EROFS", "EACCES", "killed",
    }  # fmt: skip
    assert found["calls"][f"{ONLY} EIO"] > 50
    assert found["told"] >= 4


def _limited(store: Path, gigabytes: float, *words: str) -> subprocess.CompletedProcess[str]:
    allowed = int(gigabytes * 2**30)
    return subprocess.run(
        [sys.executable, "-m", "facestore", *words],
        env={**os.environ, "FACESTORE_STORE": str(store)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems limit it otherwise")
@pytest.mark.parametrize(
    ("gigabytes", "words"),
    [
        (1.0, ["migrate"]),
        (3.0, ["ingest", "{pictures}", "--model", "tiny"]),
        (6.0, ["ingest", "{pictures}", "--model", "tiny"]),
        (6.0, ["train", "probe", "--attribute", "gender", "--dataset", "pictures"]),
    ],
)
def test_too_little_address_space_is_one_line(gigabytes, words, pictures, tmp_path):
    store = tmp_path / "store"
    ran = _limited(store, gigabytes, *(word.format(pictures=pictures) for word in words))
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert f"may use {gigabytes} GB of address space (`ulimit -v`)" in ran.stderr
    assert not list(tmp_path.glob("store/vectors"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems limit it otherwise")
def test_charts_are_refused_where_they_would_crash(reported, tmp_path):
    ran = _limited(reported / "store", 12.0, "report", "--out", str(tmp_path / "out"))
    assert ran.returncode == 1
    assert "the drawing of charts needs 72 GB" in ran.stderr
    assert ran.stderr.count("\n") == 1
