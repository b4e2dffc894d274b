"""Which errors are the system's, whoever raises them."""

from __future__ import annotations

import errno

import duckdb
import pytest

from facestore.errors import StoreWriteError, SystemFaultError
from facestore.faults import system_reason


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EMFILE, "x"), "Too many open files"),
        (duckdb.IOException('IO Error: Could not write file "x": No space left on device'),
         "No space left on device"),
        (RuntimeError("lance error: LanceError(IO): Input/output error (os error 5)"),
         "Input/output error"),
        (MemoryError(), "Cannot allocate memory"),
        (RuntimeError("can't start new thread"), "Cannot allocate memory"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), None),
        (ValueError("a wrong value"), None),
    ],
)  # fmt: skip
def test_reasons_of_the_system_are_known_from_any_library(error, reason):
    assert system_reason(error) == reason


def test_an_error_that_another_one_hides_counts():
    def fail() -> None:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError as error:
            raise ValueError("not written") from error

    with pytest.raises(ValueError, match="not written") as caught:
        fail()
    assert system_reason(caught.value) == "No space left on device"


@pytest.mark.parametrize(
    ("error", "todo"),
    [
        (StoreWriteError("x", "No space left on device"), "make room there"),
        (StoreWriteError("x", "Not a directory"), "see that there is space"),
        (SystemFaultError("Too many open files"), "ulimit -n 4096"),
        (
            SystemFaultError("Cannot allocate memory", "a long story"),
            "Cannot allocate memory. What",
        ),
    ],
)
def test_the_advice_fits_the_reason(error, todo):
    assert todo in str(error)
    assert "\n" not in str(error)
