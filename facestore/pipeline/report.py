"""The report: run the query files, render the page, put it in place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from facestore import resources
from facestore.pipeline.context import Stores, versions
from facestore.pipeline.demo import DATASET as SYNTHETIC_DATASET
from facestore.reporting import Provenance, Query, Result, Table, read_queries, render_report

_PAGE = "index.html"
_CHART_LIBRARIES = ("altair", "vl-convert-python", "jinja2")


def write_report(stores: Stores, folder: Path, more_pages: Sequence[tuple[str, str]] = ()) -> Path:
    """Write the HTML report; the store is only read.

    Parameters
    ----------
    stores
        What is reported.
    folder
        Where the page goes; made if it is not there. A report that is there is replaced whole.
    more_pages
        (file, name) of pages that lie beside it already.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    StoreOutdatedError
        If the store waits for `facestore migrate`.
    """
    con = stores.catalog.database.reader()
    own = resources.folder("reports")
    tables = [run_query(con, query) for query in read_queries(own / "queries")]
    page = render_report(tables, _provenance(tables), own, more_pages)
    folder.mkdir(parents=True, exist_ok=True)
    return replace_file(folder / _PAGE, page)


def run_query(con: duckdb.DuckDBPyConnection, query: Query) -> Table:
    """Return what a query of the report gives."""
    relation = con.sql(query.sql)
    types = tuple(str(each) for each in relation.types)
    return Table.of(query, Result(tuple(relation.columns), types, tuple(relation.fetchall())))


def _provenance(tables: list[Table]) -> Provenance:
    datasets = {row["dataset"] for t in tables if t.query.name == "datasets" for row in t.records}
    return Provenance(
        made_at=datetime.now(UTC),
        versions=versions() | {name: version(name) for name in _CHART_LIBRARIES},
        is_synthetic=SYNTHETIC_DATASET in datasets,
    )


def replace_file(path: Path, content: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        # mkstemp makes it for the owner alone, and a report is there to be read by others
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
