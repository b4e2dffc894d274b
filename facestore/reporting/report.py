"""The report: run the query files, render the pages, put them in place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from facestore import resources
from facestore.demo.demo import DATASET as SYNTHETIC_DATASET
from facestore.errors import InputError, StoreWriteError, UnknownNameError
from facestore.files import write_text
from facestore.images import ImageSource
from facestore.reporting import (
    CHARTS_FILE,
    DIFF_PAGE,
    JSON_FILE,
    PAGES,
    BlockKey,
    Contents,
    Page,
    Provenance,
    Query,
    Table,
    as_csv,
    as_json,
    best_keys,
    page_names,
    queries_of,
    read_queries,
    render_report,
)
from facestore.reporting.changes import QUERIES_FOLDER, compare, summary
from facestore.reporting.run_query import run_query
from facestore.reporting.thumbnails import find_thumbnail
from facestore.stores import Stores, versions

FORMATS = ("html", "json", "csv")
_CHART_LIBRARIES = ("altair", "vl-convert-python", "jinja2")
_CSV_FOLDER = "csv"
# Of so many classifiers that a user names the charts are drawn: more of them nobody compares, and
# each takes 80 kB and a third of a second. Tables are there for all.
_MOST_DRAWN = 6
# Views which several queries read: each is computed once for a report, into a table of the
# connection, which hides the view of the same name. Only views of few rows.
_COMPUTED_ONCE = (
    "accuracy_by_group",
    "confusion_matrix",
    "classifier_summary",
    "confusion_every_k",
    "wording_accuracy",
    "prompt_sensitivity",
    "suspect_labels",
    "duplicate_pairs",
    "duplicate_groups",
)


@dataclass(frozen=True)
class ReportOptions:
    """What a report is to show.

    Attributes
    ----------
    only
        Names of pages; empty: all.
    classifiers
        Names of classifiers that tables are limited to; empty: all.
    images
        Whether pages show thumbnails.
    format
        One of `FORMATS`.
    diff
        A store or snapshot that is compared with; None: no page of changes.
    """

    only: Sequence[str] = ()
    classifiers: Sequence[str] = ()
    images: bool = False
    format: str = "html"
    diff: Path | None = None

    @property
    def pages(self) -> list[Page]:
        """The pages that are wanted, without that of changes."""
        return [page for page in PAGES if not self.only or page.name in self.only]


def write_report(
    store: Stores,
    folder: Path,
    options: ReportOptions | None = None,
    more_pages: Sequence[tuple[str, str]] = (),
) -> Path:
    """Write the report; the store is only read.

    Parameters
    ----------
    store
        What is reported.
    folder
        Where the files go; made if it is not there. A report that is there is replaced, file by
        file; pages that have nothing to show any more are deleted.
    options
        What is shown.
    more_pages
        (file, name) of pages that lie beside it already.

    Returns
    -------
    Path
        The first page, the JSON file, or the folder of the CSV files.

    Raises
    ------
    StoreNotFoundError
        If there is no store.
    StoreOutdatedError
        If the store waits for `facestore migrate`.
    UnknownNameError
        If a page, a classifier or a format is not known.
    InputError, OtherStoreError
        If what is to be compared with is the store itself, or no store of this version.
    """
    options = options or ReportOptions()
    _check_pages(options)
    _check([options.format], FORMATS, "format")
    reader = store.catalog.database.reader()
    own = resources.folder("reports")
    # a connection of its own: its tables are seen by nobody else, and go with it
    with reader.cursor() as con:
        contents = gather(con, read_queries(own / "queries"), options)
    if options.diff is not None:
        contents = _with_changes(store, contents, options.diff, own, options.classifiers)
    if options.format != "html":
        return _write_numbers(contents, folder, options.format)
    contents = replace(contents, more_pages=more_pages)
    if options.images:
        contents = _with_pictures(store, contents)
    files = render_report(contents, _provenance(contents.tables["datasets"]), own)
    for name, content in files.items():
        replace_file(folder / name, content)
    is_whole = options.diff is None and not options.only
    for page in [*contents.left_out, *([DIFF_PAGE] if is_whole else [])]:
        (folder / page.file).unlink(missing_ok=True)
    first = next((page.file for page in contents.filled), CHARTS_FILE)
    return folder / first


def gather(
    con: duckdb.DuckDBPyConnection, queries: dict[str, Query], options: ReportOptions
) -> Contents:
    """Run the queries of the pages that are wanted."""
    known = [name for (name,) in con.execute("select name from classifiers").fetchall()]
    _check(options.classifiers, known, "classifier")
    for view in _COMPUTED_ONCE:
        con.execute(f"create temp table {view} as select * from {view}")  # noqa: S608 - ours
    best = run_query(con, queries["best_classifiers"])
    shown = _chosen(con, options.classifiers) if options.classifiers else best_keys(best)
    names = list(dict.fromkeys(key.classifier for key in shown))
    tables = {
        name: run_query(
            con,
            queries[name],
            options.classifiers or (names if queries[name].show == "shown" else ()),
        )
        for name in queries_of(options.pages)
    }
    return Contents(tables, shown, is_chosen=bool(options.classifiers), pages=options.pages)


def _chosen(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[BlockKey]:
    """Return where the first of the classifiers were judged, in the order of their names."""
    rows = con.execute(
        "select dataset, split, attribute, classifier from classifier_summary "
        "where list_contains($names, classifier) "
        "order by dataset, split, attribute, list_position($names, classifier)",
        {"names": list(dict.fromkeys(names))[:_MOST_DRAWN]},
    ).fetchall()
    return [BlockKey(*row) for row in rows]


def _check(given: Iterable[str], known: Sequence[str], kind: str) -> None:
    for name in given:
        if name not in known:
            raise UnknownNameError(kind, name, known)


def _check_pages(options: ReportOptions) -> None:
    """Refuse pages that are not known; that of changes needs something to compare with."""
    if options.diff is None and DIFF_PAGE.name in options.only:
        message = (
            f"The page {DIFF_PAGE.name!r} needs a store or a snapshot to compare with: "
            "give it with --diff OTHER."
        )
        raise InputError(message)
    known = page_names() if options.diff is None else [*page_names(), DIFF_PAGE.name]
    _check(options.only, known, "page")


def _with_changes(
    store: Stores, contents: Contents, other: Path, own: Path, classifiers: Sequence[str]
) -> Contents:
    """Add the page of changes, and tell the user of them."""
    changes = compare(store, other, own / "queries" / QUERIES_FOLDER, classifiers)
    # folders of the machine are no business of a reader
    name = other.resolve().name
    for line in summary(changes, name):
        store.notify(line)
    return replace(
        contents,
        tables={**contents.tables, **changes},
        pages=[*contents.pages, DIFF_PAGE],
        other=name,
    )


def _with_pictures(store: Stores, contents: Contents) -> Contents:
    sources = {dataset: ImageSource(*of) for dataset, of in store.catalog.samples.sources().items()}
    wanted = {
        (row["dataset"], row["path"]): row["image_id"]
        for table in contents.tables.values()
        if table.query.layout == "cards"
        for row in table.records
    }
    found = {
        (dataset, path): find_thumbnail(sources.get(dataset), path, image_id)
        for (dataset, path), image_id in wanted.items()
    }
    return replace(
        contents,
        pictures={key: picture for key, picture in found.items() if picture is not None},
        with_pictures=True,
    )


def _write_numbers(contents: Contents, folder: Path, form: str) -> Path:
    """Write the tables for machines."""
    tables = list(contents.tables.values())
    if form == "json":
        document = as_json(tables, _provenance(contents.tables["datasets"]))
        return replace_file(folder / JSON_FILE, document)
    for table in tables:
        replace_file(folder / _CSV_FOLDER / f"{table.query.name}.csv", as_csv(table))
    return folder / _CSV_FOLDER


def _provenance(datasets: Table) -> Provenance:
    return Provenance(
        made_at=datetime.now(UTC),
        versions=versions() | {name: version(name) for name in _CHART_LIBRARIES},
        is_synthetic=SYNTHETIC_DATASET in {row["dataset"] for row in datasets.records},
    )


def replace_file(path: Path, content: str) -> Path:
    """Write a file so that a reader sees the old one or the new one, never a part.

    Raises
    ------
    StoreWriteError
        If its folder cannot be made, or be written to.
    """
    try:
        write_text(path, content)
    except OSError as error:
        reason = error.strerror or str(error)
        other = "give another place with `out=`"
        raise StoreWriteError(path.parent, reason, other=other) from error
    return path
