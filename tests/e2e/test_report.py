"""`facestore report` on the command line."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.xdist_group("reported")


def test_report_says_where_it_is_and_takes_its_options(facestore, reported, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("typer.launch", opened.append)
    store, out = ("--store", reported / "store"), tmp_path / "out"
    ran = facestore(
        "report", *store, "--out", out, "--only", "classes", "--classifier", "bad",
        "--classifier", "years", "--images", "--open",
    )  # fmt: skip
    page = out / "classes.html"
    assert (ran.status, ran.out) == (0, f"{page}\n")
    assert opened == [page.as_uri()]
    html = page.read_text(encoding="utf-8")
    assert "gender by bad on" in html
    assert "race by race guess on" not in html
    ran = facestore("report", *store, "--out", out, "--only", "classes", "--format", "json")
    tables = json.loads((out / "report.json").read_text(encoding="utf-8"))["tables"]
    assert ran.out == f"{out / 'report.json'}\n"
    assert "confusion" in tables
    assert "groups" not in tables
    assert len(opened) == 1


def test_a_name_that_is_not_known_is_one_line(facestore, reported, tmp_path):
    store = ("--store", reported / "store", "--out", tmp_path / "out")
    ran = facestore("report", *store, "--only", "clases")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("Error: No page 'clases'. Did you mean 'classes'")
    assert ran.err.count("\n") == 1
    assert facestore("report", *store, "--format", "pdf").status == 2
    assert not (tmp_path / "out").exists()
