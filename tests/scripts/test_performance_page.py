from __future__ import annotations

import importlib.util
import json

import pytest
from support.places import ROOT

SCRIPT = ROOT / "scripts" / "performance_page.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("performance_page", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FOUND = {
    "datetime": "2026-01-02T03:04:05.678+00:00",
    "machine_info": {
        "node": "secret-host",
        "python_version": "3.11.7.final.0 (64 bit)",
        "cpu": {"count": 4, "brand_raw": "Some CPU"},
    },
    "benchmarks": [
        {
            "name": "test_sweep[10-20]",
            "fullname": "/home/somebody/test_bench.py::test_sweep",
            "stats": {"min": 1.23456},
            "extra_info": {"times_numpy": 8.5, "seconds_within_2gb": 1.5},
        },
        {"name": "test_quick", "stats": {"min": 0.0123456}, "extra_info": {}},
    ],
}


def test_figures_are_replaced_and_the_prose_stays(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "gpu_name", lambda: None)
    (tmp_path / "bench.json").write_text(json.dumps(FOUND))
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\nabove\n\n{script.BEGIN}\nold\n{script.END}\n\nbelow\n")
    arguments = [str(tmp_path / "bench.json"), str(page)]
    script.main(arguments)
    text = page.read_text()
    assert text.startswith(f"# Title\n\nabove\n\n{script.BEGIN}\n\nFigures of 2026-01-02 on ")
    assert text.endswith(f"{script.END}\n\nbelow\n")
    assert "old" not in text
    assert "| `sweep[10-20]` | 1.23 s | times numpy: 8.5, seconds within 2gb: 1.5 |\n" in text
    assert "| `quick` | 12.3 ms |  |\n" in text
    script.main(arguments)
    assert page.read_text() == text


@pytest.mark.parametrize(("gpu", "shown"), [(None, "no GPU"), ("H200", "H200")])
def test_the_machine_is_described_and_not_named(script, gpu, shown):
    text = script.with_figures(f"{script.BEGIN}{script.END}", FOUND, gpu=gpu)
    assert "4 cores (Some CPU)" in text
    assert f", {shown}; Python 3.11.7, duckdb " in text
    assert "secret-host" not in text
    assert "somebody" not in text


@pytest.mark.parametrize("marks", ["", "{b}", "{e}", "{e} {b}", "{b} {e} {b}", "{b} {e} {e}"])
def test_a_page_without_both_marks_once_is_refused(script, marks):
    page = marks.format(b=script.BEGIN, e=script.END)
    with pytest.raises(ValueError, match="once each"):
        script.with_figures(page, FOUND, gpu=None)


def test_the_page_of_the_docs_has_the_marks(script):
    assert "| benchmark |" in script.with_figures(script.PAGE.read_text(), FOUND, gpu=None)
