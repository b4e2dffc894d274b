"""The invariants hold in stores that other tests made for purposes of their own.

Those of the cookbook and of real data are in `tests/docs` and `tests/real`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from support.invariants import violated, violated_in
from support.reported import fill_store


def test_they_hold_in_a_store_without_data(con: duckdb.DuckDBPyConnection) -> None:
    assert violated(con) == {}


def test_they_hold_in_the_store_of_the_report(tmp_path: Path) -> None:
    assert violated_in(fill_store(tmp_path / "store")) == {}


def test_a_view_that_is_wrong_is_found_whatever_reads_it(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table kept as from picture_regions; create or replace view picture_regions as "
        "select * replace (2 * area as area) from kept"
    )
    assert "picture_regions_fill_the_picture" in violated(con)
