"""A report appears at once: stopped in the middle the old one is there, and what is not ours stays."""

from __future__ import annotations

import os
import shutil

import pytest

from facestore.leftovers import part_of
from facestore.reporting import report as made
from facestore.store import Store


class Stopped(dict):
    """Pages of which the third is never written."""

    def items(self):
        for number, each in enumerate(super().items()):
            if number == 2:
                raise KeyboardInterrupt
            yield each


def contents(folder):
    return {
        each.relative_to(folder): each.read_bytes() for each in folder.rglob("*") if each.is_file()
    }


def test_stopped_between_pages_the_old_report_is_there(reported, tmp_path, monkeypatch):
    out = tmp_path / "out"
    shutil.copytree(reported / "out", out)
    (out / "notes.txt").write_text("mine")
    (out / "gone.html").write_text("of somebody else")
    before = contents(out)
    left = part_of(out)
    left = left.with_name(left.name.replace(f".{os.getpid()}.", ".999999999."))
    shutil.copytree(out, left)
    real = made.render_report
    monkeypatch.setattr(made, "render_report", lambda *given: Stopped(real(*given)))
    with Store.open(reported / "store") as store:
        with pytest.raises(KeyboardInterrupt):
            store.report(out)
        assert contents(out) == before
        assert [*tmp_path.iterdir()] == [out]
        monkeypatch.undo()
        inode = out.stat().st_ino
        store.report(out)
    after = contents(out)
    assert out.stat().st_ino != inode
    assert after.keys() == before.keys()
    assert {name.name for name in after if after[name] == before[name]} >= {
        "notes.txt",
        "gone.html",
    }
    assert [*tmp_path.iterdir()] == [out]
