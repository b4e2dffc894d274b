"""The shortest account of all classifiers, for a terminal."""

from typing import Any

from facestore import resources
from facestore.stores import Stores


def headlines(store: Stores) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return columns and rows: each classifier with its accuracy, n and 95 % interval."""
    query = resources.folder("reports") / "queries" / "headlines.sql"
    whole = store.catalog.database.reader().sql(query.read_text(encoding="utf-8"))
    relation = whole.project("classifier, n_samples as n, accuracy, ci_low, ci_high")
    return relation.columns, relation.fetchall()
