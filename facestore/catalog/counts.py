"""Labels and predictions that are counted once: views take what is kept, and count the rest.

Whoever changes samples, labels or predictions says so here in the same transaction: from then on
views count anew. What is not counted is counted with the row of `runs` at the end of a command.
"""

from collections.abc import Sequence

import duckdb

from facestore.catalog.database import TableFamily

# Each takes what the views of sql/counts say of data sets and classifiers that are not counted.
_OF_DATASETS = (
    "insert into kept_label_counts from current_label_counts(false)",
    "insert into kept_sample_cells select sample_id, dataset, cell "
    "from current_sample_cells(false) order by sample_id",
    "insert into kept_cell_counts from current_cell_counts(false)",
    "insert into kept_cell_groups from current_cell_groups(false)",
    "insert into kept_sample_clusters from current_sample_clusters(false) order by sample_id",
    "insert into kept_cluster_sizes from current_cluster_sizes(false)",
    "insert into counted_datasets select dataset, "
    "(select coalesce(list(attribute order by place), []) from group_attributes) "
    "from datasets_to_count(false)",
)
_CLUSTERS = "insert into kept_cluster_counts from current_cluster_counts(false)"
_OF_PREDICTIONS = (
    "insert into kept_prediction_counts from current_prediction_counts(false)",
    _CLUSTERS,
    "insert into counted_predictions "
    "select classifier_id, dataset from predictions_to_count(false)",
)
_UNCOUNTED = (
    "from datasets_to_count(false) limit 1",
    "from predictions_to_count(false) limit 1",
)
_OTHER_ATTRIBUTES = (
    "select dataset from counted_datasets where attributes is distinct from "
    "(select coalesce(list(attribute order by place), []) from group_attributes)"
)
# Of as many samples it takes as long to see that none hang together as to count those that do.
_MANY_SAMPLES = 100_000
_N_SAMPLES = "select count(*) from samples"
_HANG_TOGETHER = (
    "from sample_cluster_keys(false) group by dataset, split, kind, cluster "
    "having count(*) > 1 limit 1"
)
_KEPT_BY_CLASSIFIER = ("counted_predictions", "kept_prediction_counts", "kept_cluster_counts")
# By data set.
_KEPT = (
    "counted_datasets", "kept_label_counts", "kept_sample_cells", "kept_cell_counts",
    "kept_cell_groups", "kept_sample_clusters", "kept_cluster_sizes", *_KEPT_BY_CLASSIFIER,
)  # fmt: skip


class Counts(TableFamily):
    """What is kept of labels and predictions as counts."""

    def stale(self) -> list[tuple[str, str | None]]:
        """Return data sets whose counts are not those of now, each with a classifier or None."""
        return self._rows(
            "select dataset, name from count_checks left join classifiers using (classifier_id) "
            "where not is_current order by dataset, name nulls first"
        )

    def keep(self) -> bool:
        """Count what is not counted, as a command that was killed leaves it; return whether any."""
        if not self._database.exists or not has_uncounted(self._database.reader()):
            return False
        with self._database.writing() as con:
            keep(con)
        return True

    def renew(self) -> int:
        """Count again where what is kept is not what is there; return how many counts were."""
        stale = len(self.stale())
        if stale:
            with self._database.writing() as con:
                uncount_datasets(con)
                keep(con)
        return stale


def uncount_datasets(con: duckdb.DuckDBPyConnection, datasets: Sequence[str] | None = None) -> None:
    """Say that samples or labels of data sets changed, or which of them are left out.

    Parameters
    ----------
    con
        The connection that changes them.
    datasets
        Their names; None: all.
    """
    if datasets is None:
        for table in _KEPT:
            con.execute(f"delete from {table}")  # noqa: S608
        return
    for table in _KEPT:
        con.execute(
            f"delete from {table} where list_contains(?, dataset)",  # noqa: S608
            [list(datasets)],
        )


def uncount_classifiers(con: duckdb.DuckDBPyConnection, classifier_ids: Sequence[int]) -> None:
    """Say that predictions of classifiers changed."""
    for table in _KEPT_BY_CLASSIFIER:
        con.execute(
            f"delete from {table} where list_contains(?, classifier_id)",  # noqa: S608
            [list(classifier_ids)],
        )


def has_uncounted(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether views count something themselves."""
    return any(con.execute(query).fetchone() is not None for query in _UNCOUNTED)


def keep(con: duckdb.DuckDBPyConnection) -> None:
    """Count what is not counted, and keep it."""
    if others := con.execute(_OTHER_ATTRIBUTES).fetchall():
        uncount_datasets(con, [dataset for (dataset,) in others])
    for query, statements in zip(_UNCOUNTED, (_OF_DATASETS, _OF_PREDICTIONS), strict=True):
        if con.execute(query).fetchone() is not None:
            for statement in statements:
                if statement != _CLUSTERS or _may_hang_together(con):
                    con.execute(statement)


def _may_hang_together(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether samples may show one person, or one picture: to plan their counts takes long."""
    (n_samples,) = con.execute(_N_SAMPLES).fetchone() or (0,)
    return n_samples > _MANY_SAMPLES or bool(con.execute(f"select 1 {_HANG_TOGETHER}").fetchall())
