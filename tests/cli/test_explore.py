"""`facestore explore`: what is refused, with and without Embedding Atlas."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

HAS_ATLAS = find_spec("embedding_atlas") is not None


def test_without_the_extra_it_says_what_to_install(facestore, monkeypatch):
    monkeypatch.setitem(sys.modules, "embedding_atlas", None)
    ran = facestore("explore")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        "Error: Embedding Atlas is not installed: `pip install 'facestore[explore]'` does.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--port", "99999"], 2, "65535 or less"),
        (["--port", "nan"], 2, "--port"),
        (["--projection", "tsne"], 2, "--projection"),
        (["--sql"], 2, "--sql"),
    ],
)
def test_wrong_usage(facestore, arguments, status, says):
    ran = facestore("explore", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.skipif(not HAS_ATLAS, reason="Embedding Atlas is not installed")
@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ([], 1, "No store at"),
        (["--port", "5061"], 1, "--port 5061: browsers do not open it"),
        (["--source", "nowhere"], 1, "There is no folder 'nowhere' with pictures."),
        (["--classifier", "a", "--attribute", "b"], 2, "--attribute chooses a classifier"),
    ],
)
def test_bad_input(facestore, arguments, status, says):
    ran = facestore("explore", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1
