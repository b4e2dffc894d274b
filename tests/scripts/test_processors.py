"""What `make portable` asks for is what the libraries then do."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
from support import processors
from support.places import ROOT

MAKEFILE = ROOT / "Makefile"


def portable_runs():
    """Give the environment of each run of `make portable`."""
    lines = [line for line in MAKEFILE.read_text().splitlines() if "-m portable" in line]
    return [dict(word.split("=") for word in line.split() if "=" in word) for line in lines]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the names are those of x86-64")
def test_each_run_computes_in_its_own_way():
    told = []
    for run in portable_runs():
        done = subprocess.run(
            [sys.executable, processors.__file__],
            env=os.environ | run, capture_output=True, text=True, check=True,
        )  # fmt: skip
        n_threads = run["OMP_NUM_THREADS"]
        torch_set, blas = run["ATEN_CPU_CAPABILITY"].upper(), run["OPENBLAS_CORETYPE"]
        told.append(done.stdout.strip())
        assert told[-1] == (f"processor: torch {torch_set}, openblas {blas}, {n_threads} threads")
    assert len(set(told)) == len(told) >= 2
