"""What tests of the store share."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.two_stores import make

from facestore.store import Store


@pytest.fixture(scope="session")
def two_stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Give a snapshot of the one before, and the store after."""
    folder = tmp_path_factory.mktemp("diff")
    with Store.open(make(folder / "one", "before")) as store:
        store.snapshot(folder / "it's before.duckdb")
    return folder / "it's before.duckdb", make(folder / "two", "after")
