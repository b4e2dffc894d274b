"""A store on a disk that may only be read, as an auditor is given one.

A process of its own runs the commands: root could write there, until it gives that power up.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.modes import obey_modes
from support.pictures import write_labels, write_picture

from facestore.store import Store

RUN = """
import contextlib, io, json, sys
from facestore.cli import main

commands, ran = json.loads(sys.argv[1]), {}
for command in commands:
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["facestore", *command]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            ran[" ".join(command)] = (ended.code, out.getvalue(), err.getvalue())
print(json.dumps(ran))
"""
WRITING = (
    "ingest more --model tiny",
    "ingest more",
    "score raw_gender_labels",
    "score original_clip_labels_v2",
    "predict --prompt-set raw_gender_labels --attribute gender --aggregation mean",
    "import labels labels.csv --dataset pictures",
    "import predictions predictions.csv --dataset pictures --attribute gender --classifier x",
    "import embeddings vectors.npz --dataset pictures --model RN50,theirs",
    "import similarities similarities.json --dataset pictures --model RN50,theirs",
    "settings min_samples 7",
    "split --dataset pictures",
    "doctor --repair",
    "migrate",
    "snapshot store/reports/copy.duckdb",
    "snapshot store/reports/copy --vectors",
    "report",
)
READING = (
    "info",
    "settings",
    "doctor",
    "dedup",
    "sql from_samples",
    "near pictures/1.jpg",
    "near more/9.jpg",
    "near 2",
    "search a_photo_of_a_man",
    "search a_photo_of_somebody_new",
    "prompts list",
    "report --out out/report --only dataset",
    "export fairlearn out.csv",
    "snapshot out/copy.duckdb",
    "snapshot out/copy --vectors",
)
TEXTS = ("a_photo", "from_")


def words(command):
    """Split a command; a text is written with lines instead of blanks."""
    return [word.replace("_", " ") if word.startswith(TEXTS) else word for word in command.split()]


def digests(folder):
    return {
        str(each): hashlib.sha256(each.read_bytes()).hexdigest() if each.is_file() else None
        for each in folder.rglob("*")
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with a store nobody may write to, and with what commands are given."""
    folder = tmp_path_factory.mktemp("read_only")
    for number in range(1, 4):
        write_picture(folder / "pictures" / f"{number}.jpg", seed=number)
    write_picture(folder / "more" / "9.jpg", seed=9)
    names = [f"{number}.jpg" for number in range(1, 4)]
    write_labels(folder / "labels.csv", dict.fromkeys(names, ("20-29", "Male", "White")))
    (folder / "predictions.csv").write_text("file,predicted\n1.jpg,Male\n")
    (folder / "similarities.json").write_text(
        '{"1.jpg": {"a photo of a man": 20, "a photo of a woman": 22}}'
    )
    np.savez(folder / "vectors.npz", files=np.array(names), emb=np.eye(3, 8, dtype=np.float32))
    with Store.open(folder / "store") as store:
        store.ingest(folder / "pictures", models=["tiny"], labels=folder / "labels.csv")
        store.score("raw_gender_labels")
        store.predict(attribute="gender", prompt_set="raw_gender_labels")
    every = [folder / "store", *(folder / "store").rglob("*")]
    for each in every:
        each.chmod(0o555 if each.is_dir() else 0o444)
    yield folder
    for each in every:
        each.chmod(0o755 if each.is_dir() else 0o644)


@pytest.fixture(scope="module")
def ran(folder):
    """Run all commands in one process; give status, output and messages of each."""
    may_write = "import sys; open(sys.argv[1], 'w')"
    tried = subprocess.run(
        [sys.executable, "-c", may_write, folder / "store" / "new"],
        stderr=subprocess.DEVNULL,
        check=False,
        preexec_fn=obey_modes,
    )
    if tried.returncode == 0:
        (folder / "store" / "new").unlink()
        pytest.skip("this system lets us write everywhere")
    before = digests(folder / "store")
    commands = [words(command) for command in (*WRITING, *READING)]
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "FACESTORE_STORE": "store", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        preexec_fn=obey_modes,
    )
    assert done.returncode == 0, done.stderr
    assert digests(folder / "store") == before
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("command", WRITING)
def test_a_command_that_writes_says_so_in_one_line(ran, command):
    status, out, err = ran[" ".join(words(command))]
    assert (status, out) == (1, "")
    assert err.startswith("Error: 'store")
    assert "cannot be written" in err
    assert "ermission denied" in err
    assert "run the same command again" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", READING)
def test_a_command_that_reads_works(ran, command):
    status, out, err = ran[" ".join(words(command))]
    assert status == 0, err
    assert out.strip()


def test_a_report_says_where_else_it_can_go(ran):
    assert "or give another place with --out" in ran["report"][2]


def test_what_was_made_elsewhere_is_whole(ran, folder):
    assert list((folder / "out" / "report").glob("*.html"))
    with Store.open(Path(folder, "out", "copy")) as copy:
        assert not [each.name for each in copy.doctor() if each.status == "failed"]
