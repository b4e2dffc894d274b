"""Names on pages: codes that would turn the order of letters are shown, and kept in the data."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import pytest

from facestore import resources
from facestore.reporting.grid import grid, matrix_grid
from facestore.reporting.machine import as_csv
from facestore.reporting.page import environment
from facestore.reporting.queries import read_queries
from facestore.reporting.tables import Column, Table
from facestore.reporting.visible import visible, visible_in

CODES = [*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))), "\u200e", "\u200f", "\u061c", "\u2028",
         "\x1b", "\x9b", "\x85", "\x00", "\x7f"]  # fmt: skip


@pytest.mark.parametrize("code", CODES, ids=ascii)
def test_a_template_shows_them(code):
    shown = (
        environment(resources.folder("reports")).from_string("{{ name }}").render(name=f"a{code}b<")
    )
    assert code not in shown
    assert shown == html.escape(f"a{code.encode('unicode_escape').decode()}b<")


@pytest.mark.parametrize("code", CODES, ids=ascii)
def test_a_cell_shows_them_and_keeps_what_it_is(code):
    name = f"gpj{code}.exe"
    query = next(iter(read_queries(resources.folder("reports") / "queries").values()))
    table = Table(query, (Column("path", "text"),), ((name,),))
    written = str(grid(table, "c", "a", query="q"))
    text = re.sub(r'data-v="[^"]*"', "", written)
    assert code not in text
    assert visible(name) in text
    assert f'data-v="{html.escape(name)}"' in written


def test_charts_show_them():
    assert visible_in({"a\u202e": ["b\x9b", 1, None, {"c": "d\u2066"}]}) == {
        "a\\u202e": ["b\\x9b", 1, None, {"c": "d\\u2066"}]
    }
    names = ["a\u202e", "b"]
    rows = [[{"n_samples": 1, "fraction_of_label": 0.5}] * 2] * 2
    written = str(
        matrix_grid(
            SimpleNamespace(classes=names, rows=rows, key=SimpleNamespace(values=())),
            "a",
            query="q",
        )
    )
    assert "\u202e" not in written
    assert written.count("a\\u202e") == 2


def test_letters_of_all_kinds_stay():
    text = "Grüße, \u05e9\u05dc\u05d5\u05dd, \u0633\u0644\u0627\u0645, \u4f60\u597d, 👩\u200d👩\u200d👧, a\tb\nc"
    assert visible(text) == text


def test_csv_of_a_report_is_for_spreadsheets_unless_it_is_raw():
    query = next(iter(read_queries(resources.folder("reports") / "queries").values()))
    columns = (Column("path", "text"), Column("difference", "number"))
    table = Table(query, columns, (("=HYPERLINK(1)", -0.5), ("@SUM(1)", 1.0)))
    assert as_csv(table).splitlines()[1:] == ['"\'=HYPERLINK(1)",-0.5', '"\'@SUM(1)",1.0']
    assert as_csv(table, raw=True).splitlines()[1:] == ['"=HYPERLINK(1)",-0.5', '"@SUM(1)",1.0']
