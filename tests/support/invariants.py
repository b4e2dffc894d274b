"""Invariants: what must hold of every view whatever is in the tables, which proves our own SQL.

A file `tests/sql/invariants/<name>.sql` selects the rows that are wrong, in the form of an audit. That a
view has one row per grain needs no file: its header says what the grain is.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from facestore import resources
from facestore.catalog import views
from facestore.catalog.audit_files import load_audits
from facestore.catalog.audits import Audit, query_of
from facestore.catalog.sqlfiles import SqlFile
from facestore.config import CATALOG_FILE
from facestore.connections import connect

FILES = load_audits(Path(__file__).parents[1] / "sql" / "invariants")
VIEWS = {view.name: view for view in views.load_views(resources.folder("sql"))}
WITH_GRAIN = [name for name, view in VIEWS.items() if view.parameters is None]

# Words of a grain which are not columns; the first of the columns that a view has is meant.
_KEYS = {
    "encoder": ("encoder_id",),
    "prompt": ("prompt_id",),
    "sample": ("sample_id",),
    "classifier": ("classifier_id", "classifier"),
}


def grain(view: views.ViewFile) -> tuple[str, ...]:
    """Return the words of a grain."""
    return tuple(view.facts["grain"].replace(" ", "").split(","))


def key_columns(view: views.ViewFile, columns: Collection[str]) -> list[str]:
    """Return the columns which are unique together, as the grain of a view promises."""
    keys = []
    for word in grain(view):
        key = next((each for each in _KEYS.get(word, (word,)) if each in columns), None)
        if key is None:
            message = f"{view.name}: its grain has {word!r}, which is none of its columns"
            raise ValueError(message)
        keys.append(key)
    return keys


def _of_grain(view: views.ViewFile) -> Audit:
    def repeated(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        source = con.table(view.name)
        keys = [ColumnExpression(each) for each in key_columns(view, source.columns)]
        counted = source.aggregate([*keys, FunctionExpression("count").alias("n_rows")])
        return counted.filter(ColumnExpression("n_rows") > ConstantExpression(1))

    title = f"one row for each {', '.join(grain(view))}"
    return Audit(f"{view.name}_grain", (view.name,), title, "the view is wrong", repeated)


GRAINS = [_of_grain(VIEWS[name]) for name in WITH_GRAIN]
INVARIANTS = {
    each.name: each
    for each in (
        *GRAINS,
        *(Audit(each.name, each.about, each.title, each.todo, query_of(each)) for each in FILES),
    )
}
# Views with no row a sample: few rows, which many invariants read.
SUMMARIES = [name for name in WITH_GRAIN if "sample" not in grain(VIEWS[name])]


def violated(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Return the invariants that do not hold in a store, each with its first rows.

    Each summary is computed once: a temporary table of the same name stands in front of the view.
    Views come in order of dependency, so that a summary of summaries is made from them.
    """
    found = {}
    with con.cursor() as own:
        for name in SUMMARIES:
            own.execute(f'create temp table "{name}" as from main."{name}"')
        for name, invariant in INVARIANTS.items():
            if rows := invariant.bad_rows(own).fetchmany(5):
                found[name] = rows
    return found


def violated_in(store: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the invariants that do not hold in the folder of a store."""
    with connect(store / CATALOG_FILE, read_only=True) as con:
        return violated(con)


def misnamed(con: duckdb.DuckDBPyConnection, file: SqlFile) -> set[str]:
    """Return what a file reads and its header does not say, and the other way round."""
    tables = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    with duckdb.connect() as empty:
        named = views.referenced_names(empty, file) & (tables | set(VIEWS))
    return named ^ set(file.reads)
