"""A number with its noun."""

from __future__ import annotations


def test_one_is_of_one_thing_and_all_else_of_many(con):
    said = con.sql(
        "select with_noun(n, 'person', 'people') from (values (0), (1), (2000), (null)) as t (n)"
    )
    assert [row[0] for row in said.fetchall()] == ["0 people", "1 person", "2,000 people", None]
