"""Fixtures shared by all tests: a catalogue in memory, and the versions in the header."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import duckdb
import hypothesis
import pytest
from pictures import write_picture

from facestore import migrate, resources, views

hypothesis.settings.register_profile("facestore", deadline=None, max_examples=50)
hypothesis.settings.load_profile("facestore")


def pytest_report_header() -> str:
    names = ("duckdb", "lancedb", "torch", "open_clip_torch", "polars", "pillow")
    return "versions: " + ", ".join(f"{name} {version(name)}" for name in names)


@pytest.fixture(scope="session")
def all_views() -> list[views.ViewFile]:
    return views.load_views(resources.folder("sql"))


@pytest.fixture
def con(all_views: list[views.ViewFile]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a catalogue in memory: migrated, with all views, without samples."""
    with duckdb.connect() as connection:
        migrate.migrate(connection, migrate.load_migrations(resources.folder("migrations")))
        views.install_views(connection, all_views)
        yield connection


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Give the folder of real data; skip the test where there is none."""
    folder = os.environ.get("FACESTORE_REAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FACESTORE_REAL_DATA is not set")
    return Path(folder)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Give a folder of six pictures, two of them with the same bytes."""
    folder = tmp_path / "pictures"
    for number in range(1, 6):
        write_picture(folder / f"{number}.jpg", seed=number)
    (folder / "copy.jpg").write_bytes((folder / "1.jpg").read_bytes())
    return folder


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a store (`store`), and its report (`out`), in which every page is filled."""
    from reported import fill_store

    from facestore.store import Store

    folder = tmp_path_factory.mktemp("reported")
    with Store.open(fill_store(folder / "store")) as store:
        store.report(folder / "out")
    return folder
