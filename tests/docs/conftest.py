"""The store of the cookbook, made once for all tests of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cookbook_store import build

from facestore import Store


@pytest.fixture(scope="session")
def cookbook_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Give the store whose answers the documentation shows; its tests are of one xdist group."""
    with Store.open(build(tmp_path_factory.mktemp("cookbook"))) as store:
        yield store
