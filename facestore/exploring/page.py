"""What the page of Embedding Atlas opens with: charts, cards and predicates."""

from typing import Any

import duckdb
import pyarrow as pa

from facestore.connections import connect
from facestore.errors import QueryError
from facestore.exploring.rows import Shown

# More bars than these say nothing.
_MOST_BARS = 60
_CARDS = 60


def count_rows(rows: pa.Table, where: str) -> int:
    """Return how many rows fit a predicate, as the page will find it.

    Parameters
    ----------
    rows
        What is served, with or without the pictures.
    where
        A predicate in the SQL of DuckDB, such as `judged = 'wrong' and age = '0-2'`.

    Raises
    ------
    QueryError
        If it is none.
    """
    columns = ", ".join(rows.column_names)
    with connect() as con:
        con.register("dataset", rows)
        # The page puts it in parentheses, too.
        query = f"select count(*) from dataset where ({where})"  # noqa: S608
        try:
            (statement,) = con.extract_statements(query)
            (found,) = con.execute(statement).fetchall()
        except (duckdb.Error, ValueError) as error:
            is_sql = isinstance(error, duckdb.Error)
            told = " ".join(str(error).split()) if is_sql else "It is more than a condition"
            todo = (
                "`where=`: a condition was expected, such as judged = 'wrong', on columns of "
                f"these: {columns}."
            )
            raise QueryError(told, todo) from error
    return int(found[0])


def initial_state(shown: Shown, where: str | None) -> dict[str, Any]:
    """Return the charts of the page, with the predicate that it opens with."""
    charts: dict[str, dict[str, Any]] = {}
    if shown.has("x"):
        near = {"neighbors": "neighbors"} if shown.has("neighbors") else {}
        data = {"x": "x", "y": "y", "image": "picture", **near}
        if shown.has("judged"):
            data["category"] = "judged"
        charts["points"] = {"type": "embedding", "title": "Vectors", "data": data}
    charts["predicates"] = {
        "type": "predicates", "title": "SQL predicates", "items": _predicates(shown, where),
    }  # fmt: skip
    hidden = ("x", "y", "neighbors", "sample_id")
    charts["cards"] = {
        "type": "instances", "title": "Faces", "viewMode": "cards", "pageSize": _CARDS,
        "columns": [each for each in shown.samples.columns if each not in hidden],
    }  # fmt: skip
    for name in (*shown.attributes, "predicted", "judged", "suspect", "dataset", "split"):
        if shown.has(name) and 1 < shown.samples[name].n_unique() <= _MOST_BARS:
            charts[name] = {"type": "count-plot", "title": name, "data": {"field": name}}
    if shown.has("margin"):
        charts["margin"] = _histogram("margin")
    states = {"predicates": {"selection": [where]}} if where else {}
    return {"charts": charts, "chartStates": states}


def _predicates(shown: Shown, where: str | None) -> list[dict[str, str]]:
    """Return what can be clicked: what was given, and what is asked most."""
    found = [where] if where else []
    found += ["judged = 'wrong'"] if shown.has("judged") else []
    found += [f"{each} is not null" for each in ("suspect", "duplicate_group") if shown.has(each)]
    return [{"name": each, "predicate": each} for each in dict.fromkeys(found)]


def _histogram(name: str) -> dict[str, Any]:
    """Return a histogram of all rows, and of those that are chosen before it."""
    encoding = {"x": {"field": name}, "y": {"aggregate": "count"}}
    return {
        "title": name,
        "layers": [
            {"mark": "bar", "style": {"fillColor": "$markColorFade"}, "encoding": encoding},
            {"mark": "bar", "filter": "$filter", "encoding": encoding},
        ],
        "selection": {"brush": {"encoding": "x"}},
    }
