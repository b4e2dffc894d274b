"""A store made once, which modules with `usefixtures("store_is_there")` copy for each test.

Other modules, and the tests in e2e, have each test make its store anew.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from two_stores import make

from facestore.config import CATALOG_FILE
from facestore.store import Store


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a store without data sets; only to be copied."""
    folder = tmp_path_factory.mktemp("new") / "store"
    with Store.open(folder) as store:
        store.migrate()
    assert [each.name for each in folder.iterdir()] == [CATALOG_FILE]
    return folder


@pytest.fixture
def store_is_there(new_store: Path, tmp_path: Path) -> None:
    """Put a store where `Store.open(tmp_path / "store")` would have to make one."""
    shutil.copytree(new_store, tmp_path / "store")


@pytest.fixture(scope="session")
def two_stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a snapshot of the one before, and the store after."""
    folder = tmp_path_factory.mktemp("diff")
    with Store.open(make(folder / "one", "before")) as store:
        store.snapshot(folder / "it's before.duckdb")
    return folder / "it's before.duckdb", make(folder / "two", "after")
