"""Every connection to DuckDB is made here: a store is data, and nothing in it may act.

A file that somebody hands over can hold any view. So no connection reads or writes a file besides
the database that it opens, none loads an extension, none sees the variables of Python, and none can
be told otherwise afterwards. That holds before the file is opened: DuckDB may run what a log beside
it (`.wal`) tells.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb

_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
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
    """
    config: dict[str, Any] = dict(_CLOSED)
    if beside is None:
        config["enable_external_access"] = "false"
    con = duckdb.connect(":memory:" if file is None else str(file), read_only, config)
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
