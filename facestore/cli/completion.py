"""What the shell is told where Tab is pressed: names in the store; quick, and silent without."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from facestore.config import CATALOG_FILE, DEFAULT_STORE, STORE_VARIABLE

# Set by the shell, as Typer's scripts have it.
COMPLETION_VARIABLE = "_FACESTORE_COMPLETE"
_QUERIES = {
    "classifiers": "select name from classifiers order by all",
    "datasets": "select dataset from datasets order by all",
    "encoders": "select name from encoders order by all",
    "prompt_sets": "select prompt_set from prompt_sets order by all",
    "splits": "select distinct split from samples where split is not null order by all",
    "attributes": "select distinct attribute from classes order by all",
}
# What bash would take for more than a letter of a name.
_SPECIAL = frozenset(" \t\"'\\$`&|;()<>*?[]#~!{}")
_UNQUOTED = _SPECIAL - {" "}


class _Escaped(str):
    """A name as bash has to read it; whether it fits is asked of the name itself."""

    __slots__ = ("plain",)
    plain: str

    def __new__(cls, plain: str) -> _Escaped:
        escaped = "".join(f"\\{c}" if c in _SPECIAL else c for c in plain)
        made = super().__new__(cls, escaped)
        made.plain = plain
        return made

    def startswith(self, *wanted: Any) -> bool:
        """Compare what was typed, without its escapes, with the name."""
        return bool(self.plain.startswith(*wanted))


def names_of(kind: str) -> Callable[[typer.Context, str], list[str]]:
    """Return what completes an option by the names of `kind` in the store.

    Parameters
    ----------
    kind
        A key of the queries above.
    """

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        found = [each for each in _names(_store(ctx), kind) if each.startswith(incomplete)]
        if _is_bash():
            return [_Escaped(each) for each in found]
        # Other shells read what Typer prints once more, and a store may be somebody else's.
        return [each for each in found if _UNQUOTED.isdisjoint(each)]

    return complete


def _store(ctx: typer.Context) -> Path:
    given = ctx.params.get("store")
    return Path(given or os.environ.get(STORE_VARIABLE) or DEFAULT_STORE)


def _is_bash() -> bool:
    return os.environ.get(COMPLETION_VARIABLE, "").endswith("bash")


def _names(store: Path, kind: str) -> list[str]:
    """Return the names; none where there is no store, or none that can be read now."""
    import duckdb

    from facestore.connections import connect

    file = store / CATALOG_FILE
    log = file.with_name(f"{file.name}.wal")
    # of a store that somebody handed over nothing is waited for, and no link is followed
    if not file.is_file() or log.is_symlink() or (log.exists() and not log.is_file()):
        return []
    query = _QUERIES[kind]
    try:
        with connect(file, read_only=True) as con:
            tables = con.execute("select table_name from system.main.duckdb_tables()").fetchall()
            # what is no table, in a store that somebody handed over, is not run
            is_table = any(f" from {name} " in query for (name,) in tables)
            rows = con.execute(query).fetchall() if is_table else []
    except duckdb.Error:  # another program holds it, or it is something else
        return []
    return [str(name) for (name,) in rows if str(name).isprintable()]
