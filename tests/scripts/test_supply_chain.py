"""Bounds and hashes of what is installed: they say something, and name no place."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version

import constraints
import lowest
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LINES = (ROOT / "constraints.txt").read_text("utf-8").replace("\\\n", " ").splitlines()
PINNED = {line.split("==")[0]: line for line in LINES if not line.startswith("#")}


def test_each_dependency_has_a_lowest_version_that_is_tried():
    pins = lowest.lowest(PROJECT["dependencies"])
    assert len(pins) == len(PROJECT["dependencies"]) > 20
    assert all(re.fullmatch(r"[a-z0-9_-]+==[0-9.]+", pin) for pin in pins)
    with pytest.raises(ValueError, match="'torch' has no lower bound"):
        lowest.lowest(["torch"])


def test_constraints_have_every_dependency_within_its_bounds_and_hashed():
    for text in PROJECT["dependencies"]:
        wanted = Requirement(text)
        line = PINNED[canonicalize_name(wanted.name)]
        assert wanted.specifier.contains(line.split()[0].partition("==")[2])
    for line in PINNED.values():
        pin, *hashes = line.split()
        assert re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.+]+", pin)
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes)


def test_what_a_package_needs_is_needed_too():
    found = constraints.needed()
    assert found["duckdb"] == version("duckdb")
    assert {"markupsafe", "timm", "numpy"} <= found.keys()
    assert "pytest" not in found


def test_a_version_without_a_file_is_told():
    assert "a==1 \\\n    --hash=sha256:x\n" in constraints.text({"a": "1"}, {"a": ["sha256:x"]})
    with pytest.raises(ValueError, match="no file of a 1"):
        constraints.text({"a": "1"}, {"a": []})


@pytest.mark.parametrize(
    "name", ["constraints.txt", "SECURITY.md", "Makefile", "scripts/lowest.py"]
)
def test_no_place_is_named(name):
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"https?://|index-url|find-links|@[a-z]+\.", text)
