"""Where simulations are: an empty catalogue in memory, and groups as large as those of FairFace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from facestore import resources
from facestore.catalog import migrate, views

# Samples of the validation labels of FairFace.
RACES = (
    "Black",
    "East Asian",
    "Indian",
    "Latino_Hispanic",
    "Middle Eastern",
    "Southeast Asian",
    "White",
)
SIZES = {
    "race": (1556, 1550, 1516, 1623, 1209, 1415, 2085),
    "gender x race": (757, 773, 763, 830, 396, 680, 963, 799, 777, 753, 793, 813, 735, 1122),
    "age x gender": (
        58, 60, 76, 114, 123, 207, 300, 496, 517, 549, 615, 632, 741, 836, 1018, 1312, 1468, 1832,
    ),
}  # fmt: skip


@contextmanager
def catalogue() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an empty catalogue in memory, with all views."""
    with duckdb.connect() as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, views.load_views(resources.folder("sql")))
        yield con
