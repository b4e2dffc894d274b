"""What a report keeps: the same as the views, counted in one part or in many."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from support.good_store import fill_good

from facestore import resources
from facestore.catalog import migrate, views
from facestore.progress import SilentProgress
from facestore.reporting.kept_views import keep_views

SUMS = ("confusion_every_k", "wording_counts", "ensemble_counts", "calibration_counts")
FOLLOW = ("k_sweep", "best_k", "wording_accuracy", "prompt_sensitivity", "calibration")


@pytest.fixture(scope="module")
def good(all_views: list[views.ViewFile]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, all_views)
        fill_good(con)
        yield con


def rounded(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple[object, ...]]:
    """Give all rows, with sums that do not hang on their order."""
    rows = con.execute(f"from {name}").fetchall()
    return sorted(
        (tuple(round(x, 9) if isinstance(x, float) else x for x in row) for row in rows), key=repr
    )


@pytest.mark.parametrize("name", SUMS + FOLLOW)
def test_scores_are_counted_in_parts_as_all_at_once(
    good: duckdb.DuckDBPyConnection, name: str
) -> None:
    expected = rounded(good, name)
    types = good.view(name).types
    assert expected
    for most_rows in (10**6, 12, 1):
        with good.cursor() as own:
            keep_views(own, SilentProgress(), most_rows)
            assert rounded(own, name) == expected
            assert own.table(name).types == types if name in SUMS else True
            assert (
                own.sql("from similarities").fetchall() == good.sql("from similarities").fetchall()
            )


class Counted(SilentProgress):
    """Counts what it is told."""

    total = done = 0

    def task(self, title: str, total: int):  # type: ignore[no-untyped-def]
        self.total += total
        return super().task(title, total)

    def advance(self, n: int = 1) -> None:
        self.done += n


def test_parts_are_as_many_as_rows_ask_for(good: duckdb.DuckDBPyConnection) -> None:
    (n_rows,) = good.execute(
        "select (select count(*) from similarities) + (select count(*) from streamed_winners)"
    ).fetchone() or (0,)
    for most_rows in (n_rows, n_rows // 2, n_rows // 5):
        progress = Counted()
        with good.cursor() as own:
            keep_views(own, progress, most_rows)
        assert progress.total == progress.done
        # samples are whole: there may be fewer parts, of a few more rows
        assert -(-n_rows // most_rows) >= progress.total > n_rows // most_rows // 2


def test_without_scores_nothing_is_asked(all_views: list[views.ViewFile]) -> None:
    with duckdb.connect() as con:
        migrate.migrate(con, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(con, all_views)
        progress = Counted()
        with con.cursor() as own:
            keep_views(own, progress)
            assert [own.table(name).shape[0] for name in SUMS] == [0] * len(SUMS)
        assert progress.total == 0
