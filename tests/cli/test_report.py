"""`facestore report` on the command line."""

from __future__ import annotations

import json
import shutil

import duckdb
import pytest

from facestore.catalog.counts import keep, uncount_datasets

pytestmark = pytest.mark.xdist_group("reported")


def test_report_says_where_it_is_and_takes_its_options(facestore, reported, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("typer.launch", opened.append)
    store, out = ("--store", reported / "store"), tmp_path / "out"
    ran = facestore(
        "report", *store, "--out", out, "--only", "classes", "--classifier", "bad",
        "--classifier", "years", "--images", "--open",
    )  # fmt: skip
    page = out / "mistakes.html"  # which has what that page had
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
    ran = facestore("report", *store, "--only", "mistake")
    assert (ran.status, ran.out) == (2, "")
    assert "No page 'mistake'. Did you mean 'mistakes'" in ran.err
    assert ran.err.count("\n") == 1
    assert facestore("report", *store, "--format", "pdf").status == 2
    assert not (tmp_path / "out").exists()


def test_what_changed_since_a_snapshot_is_told(facestore, reported, tmp_path):
    before, out = tmp_path / "before.duckdb", tmp_path / "out"
    shutil.copy(reported / "store" / "facestore.duckdb", before)
    with duckdb.connect(before) as con:
        con.execute("delete from predictions where classifier_id = 2 and sample_id > 200")
        uncount_datasets(con)
        keep(con)
    store = ("--store", reported / "store", "--out", out, "--only", "diff")
    ran = facestore("report", *store, "--diff", before)
    assert (ran.status, ran.out) == (0, f"{out / 'diff.html'}\n")
    lines = ran.err.splitlines()
    assert lines[0] == "Since 'before.duckdb': classifier changed: bad."
    assert len(lines) == 2
    assert "by bad: 0." in lines[1]
    assert "95 % interval" in lines[1]
    ran = facestore("--quiet", "report", *store, "--diff", before)
    assert (ran.status, ran.err) == (0, "")
    ran = facestore("report", *store, "--diff", tmp_path / "none.duckdb")
    assert (ran.status, ran.out) == (1, "")
    assert "none.duckdb' cannot be compared with this store: there is no such file" in ran.err
    assert ran.err.count("\n") == 1
