"""Every connection to DuckDB is made here: a store is data, and nothing in it may act.

A file that somebody hands over can hold any view. So no connection reads or writes a file besides
the database that it opens, none loads an extension, none sees the variables of Python, and none can
be told otherwise afterwards. That holds before the file is opened: DuckDB may run what a log beside
it (`.wal`) tells.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from facestore.config import MEMORY_VARIABLE
from facestore.errors import InputError, UnusablePathError

_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?", re.IGNORECASE)
_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
# Below, opening a store may fail.
_LEAST_MEMORY = 200 * 10**6
# No machine has more, and DuckDB reads no number that is much larger.
_MOST_MEMORY = 10**18
# A DuckDB file, and its log.
_PARTS = ("", ".wal")
# Functions that change what a locked connection does: DuckDB's log can be sent to a file, which is
# refused so late that the program ends in a crash. What stands in for them fits no call.
_NO_CALL = ", ".join(f"switched_off_{i}" for i in range(12))
_SWITCHED_OFF = ("enable_logging", "enable_profiling")


def connect(
    file: Path | None = None, *, read_only: bool = False, beside: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a database that can touch nothing else.

    Parameters
    ----------
    file
        The DuckDB file; None: a database in memory, for SQL of our own.
    read_only
        Whether it is only read.
    beside
        A further DuckDB file that may be attached.

    Raises
    ------
    UnusablePathError
        If DuckDB would read something else than a path in one of them.
    """
    # Whole, for `md:faces` and `:memory:` mean something else to DuckDB.
    given = ":memory:" if file is None else str(usable(file))
    if beside is not None:
        usable(beside)
    config: dict[str, Any] = dict(_CLOSED)
    if (limit := memory_limit()) is not None:
        config["memory_limit"] = f"{limit // 2}B"
    if beside is None:
        config["enable_external_access"] = "false"
    con = duckdb.connect(given, read_only, config)
    try:
        if beside is not None:  # DuckDB takes these paths from an open database alone
            paths = ", ".join(quoted(f"{beside}{part}") for part in _PARTS)
            con.execute(f"set allowed_paths = [{paths}]")
            con.execute("set enable_external_access = false")
        # Of a file that this process has open already, the settings are those of then.
        with suppress(duckdb.InvalidInputException):
            # DuckDB's own bar would come between the lines of a table.
            con.execute("set enable_progress_bar = false")
            con.execute("set lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con


def memory_limit() -> int | None:
    """Return how many bytes FACESTORE_MEMORY allows: half of them to DuckDB; None: not set.

    Raises
    ------
    InputError
        If it is no size, or too small for DuckDB.
    """
    given = os.environ.get(MEMORY_VARIABLE)
    if given is None:
        return None
    found = _SIZE.fullmatch(given.strip())
    size = 0.0 if found is None else float(found[1]) * _UNITS[(found[2] or "B").upper()]
    n_bytes = int(min(size, _MOST_MEMORY))
    if n_bytes < _LEAST_MEMORY:
        message = (
            f"{MEMORY_VARIABLE}={given!r}: a size of at least {_LEAST_MEMORY // 10**6} MB was "
            "expected, such as 4GB."
        )
        raise InputError(message)
    return n_bytes


def usable(path: Path) -> Path:
    """Return a path from the root on, if DuckDB takes it for nothing but a path.

    Raises
    ------
    UnusablePathError
        If it does not.
    """
    whole = os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps `..`
    if "?" in whole:
        raise UnusablePathError(path, "DuckDB reads what follows a `?` as settings", whole)
    try:
        whole.encode()
    except UnicodeEncodeError:
        raise UnusablePathError(path, "it has bytes that are no UTF-8", whole) from None
    return Path(whole)


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run one transaction; the first error is the one that is raised, also where DuckDB ended it.

    A full disk, or a file that cannot be had, ends a transaction by itself.
    """
    con.begin()
    try:
        yield
        con.commit()
    except BaseException:
        with suppress(duckdb.Error):
            con.rollback()
        raise


def session(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a connection beside another one for SQL that is not ours.

    What it makes for itself (temporary tables, a search path) hides nothing from the other one.
    """
    own = con.cursor()
    switch_off(own)
    return own


def switch_off(con: duckdb.DuckDBPyConnection) -> None:
    """Put in the way of DuckDB's log and profiler what no call of them fits."""
    for name in _SWITCHED_OFF:
        con.execute(f"create temp macro {name}({_NO_CALL}) as table select 1")


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """Return a name as SQL writes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'
