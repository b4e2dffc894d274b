"""The good store that audits and invariants are run on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from support.good_store import fill_good


@pytest.fixture(scope="module")
def filled(
    new_catalogue: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the good store, in a file as a store is, without any extension."""
    path = tmp_path_factory.mktemp("good") / "good.duckdb"
    shutil.copy(new_catalogue, path)
    alone = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with duckdb.connect(path, config=alone) as con:
        fill_good(con)
        yield con


@pytest.fixture
def store(filled: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give the good store, which a test may spoil."""
    filled.begin()
    yield filled
    filled.rollback()
