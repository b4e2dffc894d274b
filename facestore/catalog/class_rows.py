"""Rows of classes in an open transaction: labels and prompt sets bring them."""

from collections.abc import Iterable

import duckdb


def insert_classes(con: duckdb.DuckDBPyConnection, classes: Iterable[tuple[str, str]]) -> None:
    """Insert attributes' classes that are not there yet, each after those of its attribute."""
    for attribute, name in classes:
        con.execute(
            "insert into classes (attribute, class, ordinal) "
            "select $attribute, $class, coalesce(max(ordinal), 0) + 1 from classes "
            "where attribute = $attribute on conflict do nothing",
            {"attribute": attribute, "class": name},
        )
