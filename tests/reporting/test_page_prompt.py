"""Charts of the pages of prompts and models: labels that do not cover each other, names that fit."""

from __future__ import annotations

import itertools

import pytest

from facestore.reporting.charts.panels import (
    decimals_of,
    domain_of,
    first_panels,
    row_key,
    short,
    spread,
)

HEIGHT = 260


def test_labels_of_lines_stand_apart_and_in_the_order_of_the_lines() -> None:
    rows = [{"is": value} for value in (0.95, 0.951, 0.80, 0.952, 0.9515)]
    domain = [0.78, 0.96]
    places = spread(rows, "is", domain, HEIGHT)
    order = sorted(range(len(rows)), key=lambda i: rows[i]["is"])
    step = (domain[1] - domain[0]) * 13 / HEIGHT
    found = [places[i] for i in order]
    assert all(b - a >= step - 1e-9 for a, b in itertools.pairwise(found))
    assert max(found) <= domain[1]
    assert places[2] == pytest.approx(0.80)


def test_an_axis_has_room_and_ends_at_none_and_all() -> None:
    assert domain_of([{"a": 0.001, "b": 1.0}], "a", "b") == [0.0, 1.0]
    low, high = domain_of([{"a": 0.5, "b": None}], "a", "b")
    assert low < 0.5 < high


def test_ticks_differ_on_a_short_axis() -> None:
    assert decimals_of([0.6, 0.62]) == 1
    assert decimals_of([0.2, 0.9]) == 0


def test_long_names_are_cut_and_rows_stay_apart() -> None:
    names = ["x" * 300 + end for end in "ab"]
    keys = [row_key(i, name) for i, name in enumerate(names)]
    assert len(set(keys)) == 2
    assert all(len(key) < 40 for key in keys)
    assert short("Male") == "Male"


def test_many_panels_are_the_first_of_them() -> None:
    kept, words = first_panels([str(i) for i in range(300)])
    assert (len(kept), words) == (12, " (the first 12 of 300)")
    assert first_panels(["a"]) == (["a"], "")
