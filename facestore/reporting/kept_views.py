"""Views that the queries of a report read again and again: kept in temporary tables.

A temporary table or view hides a view or table of its name from every query of its connection, also
inside other views.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from facestore.catalog.shipped import shipped_views
from facestore.catalog.sqlfiles import sources
from facestore.connections import quoted
from facestore.progress import Progress

# In this order: the later ones read the earlier ones. Of few rows, but for wrong predictions, the
# words of judgements, which are 64 samples a row, and numbers of samples: those of a table are
# looked up in an array, those of a view in a hash table, which takes twice as long for all
# predictions. A query that has less to plan is quicker too.
_COMPUTED_ONCE = (
    "sample_keys",
    "label_counts",
    "label_taxonomies",
    "cell_counts",
    "cell_groups",
    "sample_cells",
    "age_pyramid",
    "prediction_counts",
    "judged_counts",
    "numbered_splits",
    "judged_words",
    "judged_pairs",
    "accuracy_by_group",
    "confusion_matrix",
    "classifier_summary",
    "leaderboard",
    "best_classifier",
    "rank_intervals",
    "suspect_labels",
    "relabelled_counts",
    "duplicate_pairs",
    "duplicate_groups",
    "scored_prompts",
    "right_by_half",
    "yes_no_summary",
    "benchmark",
    "board_metric",
    "benchmark_means",
    "benchmark_ranks",
    "model_sizes",
    "main_classifiers",
)
# They follow from which classifiers are shown.
_COMPUTED_THEN = (
    "classifier_names",
    "model_figures",
    "accuracy_gaps",
    "gap_findings",
    "confusion_findings",
    "wrong_predictions",
    "worst_predictions",
    "rates_by_group",
    "rate_gaps",
    "conditional_gaps",
)
# Of these tables a page has the rows of the classifiers that it shows: the others take seconds.
# They are written out: what a subquery finds is looked for after all predictions are joined.
_OF_SHOWN = {
    "rates_by_group": "classifier in ({names})",
    "wrong_predictions": "classifier_id in ({numbers})",
}
# Of many yes/no attributes a table has the means, and each has its figure; nobody reads pages of
# each of forty: those are detailed that make groups, or that somebody names.
_IN_DETAIL = (
    "where is_named or attribute in (select attribute from group_attributes) "
    "or attribute not in (select attribute from yes_no_classifiers where is_yes_no)"
)
# They read sums over samples.
_COMPUTED_LAST = ("k_curves", "k_choices", "prompt_slopes")
# Views that have no row where a table has none: all labels would be read to find that out.
_EMPTY_WITHOUT = {"embedding_leakage": "neighbours", "best_wording": "similarities"}
# Sums over samples of what follows from similarities, and what is added up in them. Where there are
# many, they are counted for some samples after others: the cosines of all do not fit into memory.
_SUMS_OVER_SAMPLES = {
    "confusion_every_k": ("n_samples",),
    "wording_counts": ("n_samples", "n_correct", "n_paired", "n_paired_correct", "n_against"),
    "ensemble_counts": ("n_samples", "n_correct"),
    "calibration_counts": ("n_samples", "n_correct", "sum_confidence"),
}
_SCORES = ("similarities", "streamed_winners")
_RANGE = (
    "select count(*), min(sample_id), max(sample_id) from "
    "(select sample_id from similarities union all select sample_id from streamed_winners)"
)
_MOST_ROWS = 4_000_000


def keep_views(
    con: duckdb.DuckDBPyConnection,
    progress: Progress,
    most_rows: int = _MOST_ROWS,
    *,
    main: Sequence[str] = (),
    classifiers: Sequence[str] = (),
    queries: Sequence[str] | None = None,
) -> None:
    """Keep what several queries read.

    Parameters
    ----------
    con
        A connection of its own; it sees these tables from now on.
    progress
        Shows how far the similarities are.
    most_rows
        About how many similarities are looked at together.
    main
        Names of classifiers that stand before the best ones.
    classifiers
        Names of those that tables are limited to; empty: the main ones, where a page shows these.
    queries
        What will be asked: views that none of it reads are not kept. None: all are.
    """
    is_read = None if queries is None else _read_by(queries)
    main_named = f"main_classifiers_named({_list_of(main)}) {_IN_DETAIL}"
    _keep(con, _COMPUTED_ONCE, is_read, {"main_classifiers": main_named})
    _keep(con, _COMPUTED_THEN, is_read, _of_shown(con, classifiers, main_named))
    for view, table in _EMPTY_WITHOUT.items():
        if is_read is None or view in is_read:
            (is_there,) = _row(con, f"select exists (from {table})")
            con.execute(f"create temp table {view} as from {view} where {is_there}")
    if is_read is None or is_read & _SUMS_OVER_SAMPLES.keys():
        _keep_sums(con, _ranges(con, most_rows), progress)
    _keep(con, _COMPUTED_LAST, is_read, {})


def _keep(
    con: duckdb.DuckDBPyConnection,
    views: Sequence[str],
    is_read: set[str] | None,
    sources_of: Mapping[str, str],
) -> None:
    for view in views:
        if is_read is None or view in is_read:
            con.execute(f"create temp table {view} as from {sources_of.get(view, view)}")


def _of_shown(con: duckdb.DuckDBPyConnection, chosen: Sequence[str], main: str) -> dict[str, str]:
    """Return what is read in place of some views: rows of the chosen classifiers, or the main."""
    shown = f"unnest({_list_of(chosen)})" if chosen else f"classifier from {main}"
    rows = con.execute(
        f"select classifier_id, name from classifiers where name in (select {shown})"  # noqa: S608 - ours
    ).fetchall()
    numbers = ", ".join(str(number) for number, _ in rows) or "null"
    names = ", ".join(quoted(name) for _, name in rows) or "null"
    return {
        view: f"{view} where {condition.format(names=names, numbers=numbers)}"
        for view, condition in _OF_SHOWN.items()
    }


def _list_of(names: Sequence[str]) -> str:
    """Write names as a list of SQL: for parameters DuckDB imports pandas, where it is there."""
    return f"[{', '.join(map(quoted, names))}]::varchar[]"


def _read_by(queries: Sequence[str]) -> set[str]:
    """Return all views that queries read, and those that these read in their turn."""
    reads = {view.name: view.reads for view in shipped_views()}
    waiting = [name for query in queries for name in sources(query)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += reads.get(name, ())
    return found


def _keep_sums(
    con: duckdb.DuckDBPyConnection, ranges: list[tuple[int, int]], progress: Progress
) -> None:
    (database,) = _row(con, "select current_database()")
    for view in _SUMS_OVER_SAMPLES:
        con.execute(f"create temp table parts_of_{view} as from {view} where false")
    with progress.task("Similarities", len(ranges)) as task:
        for first, end in ranges:
            for table in _SCORES:
                con.execute(
                    f'create or replace temp view {table} as from "{database}".main.{table} '
                    f"where sample_id >= {first} and sample_id < {end}"
                )
            for view in _SUMS_OVER_SAMPLES:
                con.execute(f"insert into parts_of_{view} from {view}")
            task.advance()
    for table in _SCORES:
        con.execute(f"drop view if exists temp.{table}")
    for view, added in _SUMS_OVER_SAMPLES.items():
        sums = ", ".join(f"sum({column}) as {column}" for column in added)
        con.execute(f"create temp table {view} as from parts_of_{view} where false")
        query = f"select * replace ({sums}) from parts_of_{view} group by all"  # noqa: S608 - ours
        con.execute(f"insert into {view} {query}")


def _ranges(con: duckdb.DuckDBPyConnection, most_rows: int) -> list[tuple[int, int]]:
    """Return the first sample of each part and the one after its last; none without a score."""
    n_rows, first, last = _row(con, _RANGE)
    if not n_rows:
        return []
    n_samples = last - first + 1
    size = -(-n_samples // -(-n_rows // most_rows))
    return [(start, start + size) for start in range(first, last + 1, size)]


def _row(con: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = con.execute(query).fetchall()[0]
    return row
