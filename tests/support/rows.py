"""Small literal rows for tests: dictionaries into tables, one insert a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

Row = Mapping[str, Any]


def fill(con: duckdb.DuckDBPyConnection, **tables: Iterable[Row]) -> None:
    """Insert rows into tables by column name; columns left out are NULL."""
    for table, rows in tables.items():
        for columns, group in _by_columns(rows).items():
            names = ", ".join(columns)
            marks = ", ".join("?" for _ in columns)
            # Samples that came first have made their data sets.
            verb = "insert or replace" if table == "datasets" else "insert"
            con.executemany(
                f"{verb} into {table} ({names}) values ({marks})",
                [[row[column] for column in columns] for row in group],
            )
        if table == "samples":
            _name_datasets(con)


def load(con: duckdb.DuckDBPyConnection, **tables: Sequence[Row]) -> None:
    """Insert rows as `fill` does, many at once: the columns are those of the first row."""
    for table, rows in tables.items():
        if rows:
            con.register("incoming_rows", pa.Table.from_pylist([dict(row) for row in rows]))
            con.execute(f"insert into {table} by name select * from incoming_rows")
            con.unregister("incoming_rows")
        if table == "samples":
            _name_datasets(con)


def _name_datasets(con: duckdb.DuckDBPyConnection) -> None:
    """Make the data sets that samples say they are of: views count by data set."""
    con.execute(
        "insert into datasets (dataset, layout, added_at) "
        "select distinct dataset, 'import', timestamp '2026-01-01' from samples on conflict do nothing"
    )


def rate_groups_from(con: duckdb.DuckDBPyConnection, least: int) -> None:
    """Let groups have rates from so many samples on: small tables need 1."""
    con.execute("update settings set value = ? where setting = 'min_samples'", [str(least)])


def read(
    con: duckdb.DuckDBPyConnection, source: str, columns: str = "*", where: str = "true"
) -> list[tuple[Any, ...]]:
    """Return columns of a table, view or macro call, in order of the columns, NULL last."""
    query = f"select {columns} from {source} where {where} order by all"
    return con.execute(query).fetchall()


def samples(
    n: int, *, dataset: str = "faces", split: str | None = "val", first: int = 1
) -> list[dict[str, Any]]:
    """Return `n` samples with ids from `first` on and paths `1.jpg`, `2.jpg` ..."""
    return [
        {"sample_id": i, "dataset": dataset, "path": f"{i}.jpg", "split": split}
        for i in range(first, first + n)
    ]


def labels(attribute: str, values: Sequence[str | None], first: int = 1) -> list[dict[str, Any]]:
    """Return one label per sample, in order of sample_id; None leaves the sample out."""
    return [
        {"sample_id": i, "attribute": attribute, "label": label}
        for i, label in enumerate(values, first)
        if label is not None
    ]


def classifier(
    classifier_id: int = 1, name: str = "c", attribute: str = "gender", **more: object
) -> dict[str, Any]:
    """Return one row of `classifiers`, imported unless told otherwise."""
    kind = {"kind": "imported"}
    named = {"classifier_id": classifier_id, "name": name, "attribute": attribute}
    return kind | named | more


def predictions(
    values: Sequence[str | None], classifier_id: int = 1, first: int = 1
) -> list[dict[str, Any]]:
    """Return one prediction per sample, in order of sample_id; None leaves the sample out."""
    return [
        {"classifier_id": classifier_id, "sample_id": i, "predicted": predicted}
        for i, predicted in enumerate(values, first)
        if predicted is not None
    ]


def encoder(encoder_id: int = 1, name: str = "tiny") -> dict[str, Any]:
    """Return one row of `encoders`."""
    return {
        "encoder_id": encoder_id,
        "name": name,
        "source": "imported",
        "architecture": name,
        "vectors": name,
        "added_at": "2026-01-01",
    }


def neighbours(
    pairs: Sequence[tuple[str, str, float]], encoder_id: int = 1, min_cosine: float = 0.9
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a search for neighbours: (key_a, key_b, cosine)."""
    search = {"encoder_id": encoder_id, "min_cosine": min_cosine, "n_vectors": 2 * len(pairs)}
    return {
        "neighbour_searches": [search | {"searched_at": "2026-01-01"}],
        "neighbours": [
            {"encoder_id": encoder_id, "key_a": a, "key_b": b, "cosine": cosine}
            for a, b, cosine in pairs
        ],
    }


def vector_index(
    asked: Mapping[str, Sequence[tuple[str, str | None, int, int, int, float]]],
    encoder_id: int = 1,
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of an index with certificates.

    Parameters
    ----------
    asked
        Kind of queries -> (source, data set, queries, all found, hits, lowest cosine).
    """
    index = {
        "encoder_id": encoder_id,
        "name": "facestore_ivf_rq_a",
        "kind": "IVF_RQ",
        "parameters": '{"bits": 1, "partitions": 16}',
        "n_rows": 4_900,
        "cpu_seconds": 1.5,
        "built_at": "2026-01-01",
    }
    certificate = {
        "encoder_id": encoder_id,
        "k": 10,
        "probes": 4,
        "refine": 5,
        "seed": 0,
        "table_version": 7,
        "n_rows": 5_000,
        "n_unindexed": 100,
        "max_growth": 0.1,
        "certified_at": "2026-01-01",
    }
    keys = ("source", "dataset", "n_queries", "n_all_found", "n_hits", "lowest_cosine")
    return {
        "vector_indexes": [index],
        "vector_certificates": [certificate | {"query_kind": kind} for kind in asked],
        "vector_certificate_queries": [
            {"encoder_id": encoder_id, "query_kind": kind} | dict(zip(keys, row, strict=True))
            for kind, rows in asked.items()
            for row in rows
        ],
    }


def explanation(
    number: int,
    sample_id: int,
    relevance: Sequence[float],
    *,
    cols: int,
    encoder_id: int = 1,
    classifier_id: int | None = None,
    **more: object,
) -> dict[str, Any]:
    """Return one row of `explanations`: a relevancy map of Female - Male unless told otherwise."""
    row: dict[str, Any] = {
        "explanation_id": f"{number:032x}",
        "encoder_id": encoder_id,
        "classifier_id": classifier_id,
        "sample_id": sample_id,
        "method": "relevancy",
        "target": "Female - Male",
        "parameters": "{}",
        "score": 0.25,
        "grid_rows": len(relevance) // cols,
        "grid_cols": cols,
        "relevance": list(relevance),
        "created_at": "2026-01-01",
    }
    return row | more


def measured(
    deletion: Sequence[float],
    insertion: Sequence[float],
    *,
    span: float = 1.0,
    likeness: float | None = 0.0,
    seed: int = 0,
) -> dict[str, Any]:
    """Return what was measured of a map; areas of its own order, random, centre and randomised."""
    orders = ("own", "random", "centre", "randomised")
    return {
        "seed": seed,
        "span": span,
        "likeness": likeness,
        "deletion": dict(zip(orders, deletion, strict=True)),
        "insertion": dict(zip(orders, insertion, strict=True)),
    }


def prompt_set(
    name: str, attribute: str, prompts: Sequence[tuple[int, str]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a prompt set: (prompt_id, class) pairs, prompt texts `p1`, `p2` ..."""
    return {
        "prompts": [{"prompt_id": i, "text": f"p{i}"} for i, _ in prompts],
        "prompt_sets": [{"prompt_set": name}],
        "prompt_set_members": [{"prompt_set": name, "prompt_id": i} for i, _ in prompts],
        "prompt_classes": [
            {"prompt_set": name, "prompt_id": i, "attribute": attribute, "class": class_}
            for i, class_ in prompts
        ],
    }


def similarities(
    cosines: Mapping[int, Sequence[float | None]], encoder_id: int = 1, first: int = 1
) -> list[dict[str, Any]]:
    """Return similarities: for each prompt_id the cosine of every sample, in order of sample_id."""
    return [
        {"encoder_id": encoder_id, "prompt_id": prompt_id, "sample_id": i, "cosine": cosine}
        for prompt_id, values in cosines.items()
        for i, cosine in enumerate(values, first)
        if cosine is not None
    ]


def _by_columns(rows: Iterable[Row]) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return groups


def ingests(dataset: str, *sources: str) -> dict[str, list[Row]]:
    """Return rows of a data set and of the runs that ingested it from folders, an hour apart."""
    runs = [
        {
            "run_id": number,
            "command": "ingest",
            "arguments": json.dumps({"dataset": dataset, "source": source}),
            "started_at": f"2026-01-01 {number:02}:00",
            "ended_at": f"2026-01-01 {number:02}:30",
            "outcome": "done",
        }
        for number, source in enumerate(sources, 1)
    ]
    first = {"dataset": dataset, "source": sources[0], "added_at": "2026-01-01"}
    return {"datasets": [first | {"layout": "folder"}], "runs": runs}
