"""A score that is killed between two blocks of a stream: the same command goes on behind what is kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest
from support.scorable import make_scorable

from facestore.store import Store

SET = "age_race_gender_labels_v2"
BLOCK, N = 200, 1000
# A process that dies, as by `kill -9`, when so many blocks were told to be done.
SCORING = """
import os, signal, sys
from contextlib import contextmanager
from facestore.store import Store
from facestore import lance_reading
from facestore.zero_shot import streaming

# Blocks as small as the store
streaming._SAMPLES, lance_reading.READ_ROWS = int(sys.argv[2]), 50

class Progress:
    n_blocks = 0

    @contextmanager
    def task(self, title, total):
        yield self

    def advance(self, n=1):
        self.n_blocks += 1
        if self.n_blocks == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

with Store.open(sys.argv[1], progress=Progress()) as store:
    print(store.score(sys.argv[4]).n_streamed)
"""


@pytest.fixture(scope="module")
def made(new_store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    make_scorable(new_store, folder / "store", N, [SET])
    with Store.open(folder / "store") as store:
        store.set("keep_similarities", "never")
    shutil.copytree(folder / "store", folder / "whole")
    with Store.open(folder / "whole") as store:
        store.score(SET)
    return folder


def score(folder, dies_at):
    """Score in a process of its own; return its status and what it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", SCORING, folder, str(BLOCK), str(dies_at), SET],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    return ran.returncode, ran.stdout.strip(), ran.stderr


def test_a_score_killed_between_blocks_goes_on_behind_the_last_one(made, tmp_path):
    shutil.copytree(made / "store", tmp_path / "store")
    n_kept = "select count(distinct sample_id) from streamed_winners"
    kept = [0]
    for dies_at in (1, 2):
        status, out, err = score(tmp_path / "store", dies_at)
        assert (status, out) == (-signal.SIGKILL, ""), err
        with Store.open(tmp_path / "store") as store:
            kept.append(store.rows(n_kept)[1][0][0])
            assert [each.name for each in store.doctor("streamed_winners") if each.n_bad] == []
        assert kept[-1] - kept[-2] >= dies_at * BLOCK  # whole blocks
    status, out, err = score(tmp_path / "store", 0)
    assert status == 0, err
    with Store.open(tmp_path / "store") as store, Store.open(made / "whole") as whole:
        assert int(out) == whole.rows(n_kept)[1][0][0] - kept[-1] > 0
        for query in ("from streamed_winners order by all", "from winners_every_k order by all"):
            assert store.rows(query) == whole.rows(query)
        assert [each.name for each in store.doctor() if each.status == "failed"] == []
        assert store.score(SET).n_streamed == 0
