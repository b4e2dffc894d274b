"""What the property tests share: one catalogue a test, and a transaction for each example."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings

# The catalogue is made once a test; every example runs in a transaction which is rolled back.
in_transactions = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
fewer = settings(in_transactions, max_examples=8)  # for oracles that take their time


@contextmanager
def rolled_back(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Undo what is written within."""
    con.begin()
    try:
        yield
    finally:
        con.rollback()


def close(expected: Any) -> Any:
    """Compare numbers to 1e-12."""
    return pytest.approx(expected, rel=0, abs=1e-12)
