"""The shortest account of all classifiers, for a terminal."""

from typing import Any

from duckdb import ColumnExpression, ConstantExpression

from facestore import resources
from facestore.stores import Stores


def headlines(store: Stores, dataset: str | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return columns and rows: each classifier with its accuracy, n and 95 % interval.

    Parameters
    ----------
    dataset
        Only figures of this data set.
    """
    query = resources.folder("reports") / "queries" / "headlines.sql"
    whole = store.catalog.database.reader().sql(query.read_text(encoding="utf-8"))
    if dataset is not None:
        whole = whole.filter(ColumnExpression("dataset") == ConstantExpression(dataset))
    relation = whole.project("classifier, n_samples as n, accuracy, ci_low, ci_high")
    return relation.columns, relation.fetchall()
