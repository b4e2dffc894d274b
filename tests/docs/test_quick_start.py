"""The commands of the quick start run, on a folder as it describes one."""

from __future__ import annotations

import re
import shlex

import duckdb
import pytest
from faces import write_faces
from support.places import ROOT

from facestore.cli import app

pytestmark = pytest.mark.portable

PAGE = ROOT / "docs" / "quick-start.md"


def test_a_folder_of_ones_own_becomes_a_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FACESTORE_STORE", raising=False)
    write_faces(tmp_path / "my-faces", 12)
    (tmp_path / "my-faces" / "labels.csv").rename(tmp_path / "labels.csv")
    (block,) = re.findall(
        r"test_quick_start.py -->\n```console\n(.+?)```",
        PAGE.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    lines = block.splitlines()
    assert len(lines) == 5
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "facestore"
        app(words, standalone_mode=False)
    assert (tmp_path / "facestore-data" / "reports" / "index.html").is_file()
    with duckdb.connect(tmp_path / "facestore-data" / "facestore.duckdb", read_only=True) as con:
        assert con.execute("select count(*) from judged_predictions").fetchall() == [(12,)]
