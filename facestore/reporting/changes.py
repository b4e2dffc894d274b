"""What changed between two stores: the tables of the page *Changes*, and a few lines of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from facestore.catalog import attached
from facestore.errors import counted, preview
from facestore.reporting.pages import DIFF_PAGE
from facestore.reporting.queries import read_queries
from facestore.reporting.run_query import run_query
from facestore.reporting.tables import Table
from facestore.stores import Stores

QUERIES_FOLDER = "diff"
_MOST_LINES = 5


def compare(
    store: Stores, other: Path, queries: Path, classifiers: Sequence[str] = ()
) -> dict[str, Table]:
    """Run the queries that read two stores.

    Parameters
    ----------
    store
        The store: what is after.
    other
        What was before: the folder of a store, or a DuckDB file such as a snapshot; only read.
    queries
        Folder with the query files.
    classifiers
        Names of classifiers that tables are limited to; empty: all.

    Raises
    ------
    InputError
        If both are the same.
    OtherStoreError
        If the other one is no store, or one of another version.
    """
    found = read_queries(queries)
    with attached(store.catalog.database, other, store.notify) as con:
        return {name: run_query(con, found[name], classifiers) for name in DIFF_PAGE.queries}


def summary(tables: Mapping[str, Table], other: str) -> list[str]:
    """Say in a few lines what changed.

    Parameters
    ----------
    tables
        As `compare` returns them.
    other
        Name of what was before.
    """
    contents = tables["diff_contents"].records
    if not contents:
        return [f"'{other}' holds the same as this store: nothing changed."]
    names: dict[tuple[str, str], list[object]] = {}
    for row in contents:
        names.setdefault((row["kind"], row["change"]), []).append(row["name"])
    told = "; ".join(f"{kind} {change}: {preview(of)}" for (kind, change), of in names.items())
    lines = [f"Since '{other}': {told}."]
    moved = [row for row in tables["diff_accuracy"].records if row["difference"]]
    moved.sort(key=lambda row: -abs(row["difference"]))
    lines += [_line(row) for row in moved[:_MOST_LINES]]
    if len(moved) > _MOST_LINES:
        lines.append(f"... and {counted(len(moved) - _MOST_LINES, 'more accuracy')} that changed.")
    return lines


def _line(row: Mapping[str, object]) -> str:
    split = "no split" if row["split"] is None else row["split"]
    n = (
        f"the same {counted(int(str(row['n_samples_after'])), 'sample')}"
        if row["is_paired"]
        else f"n {row['n_samples_before']:,} and {row['n_samples_after']:,}"
    )
    return (
        f"{row['attribute']} on {row['dataset']}, {split}, by {row['classifier']}: "
        f"{row['accuracy_before']:.4f} to {row['accuracy_after']:.4f}, {row['difference']:+.4f} "
        f"(95 % interval {row['ci_low']:+.4f} to {row['ci_high']:+.4f}, {n})"
    )
