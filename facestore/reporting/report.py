"""The report: run the query files, render the pages, put them in place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import duckdb

from facestore import resources
from facestore.catalog.patterns import named
from facestore.catalog.predictions import MAKES_ONE
from facestore.config import REPORTS_FOLDER, SYNTHETIC_DATASET
from facestore.errors import InputError, ParametersError, UnknownChoiceError, preview
from facestore.progress import Progress
from facestore.records import AnyPath
from facestore.reporting.changes import QUERIES_FOLDER, compare, summary
from facestore.reporting.explanation_page import REPORT_PAGE, write_report_page
from facestore.reporting.faces import links_to, wanted_pictures
from facestore.reporting.kept_views import keep_views
from facestore.reporting.machine import JSON_FILE, as_csv, as_json
from facestore.reporting.output import replace_file, replacing_pages
from facestore.reporting.page import Contents, Provenance, render_report
from facestore.reporting.pages import (
    DIFF_PAGE,
    FORMER_FILES,
    PAGES,
    Page,
    current_name,
    page_names,
    queries_of,
)
from facestore.reporting.queries import Query, read_queries
from facestore.reporting.run_query import run_query
from facestore.reporting.tables import BlockKey, Table, keys_of
from facestore.reporting.thumbnails import former_thumbnails, write_thumbnails
from facestore.stores import Stores, folder_of_pictures, pictures_of, versions

FORMATS = ("html", "json", "csv")
_CHART_LIBRARIES = ("altair", "vl-convert-python", "jinja2")
_CSV_FOLDER = "csv"
# Of so many classifiers that a user names the charts are drawn: more of them nobody compares, and
# each takes 80 kB and a third of a second. Tables are there for all.
_MOST_DRAWN = 6
# With all faces: the most that DuckDB's arg_min gives.
_MOST_FACES = 999_999


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
    source
        Folder of the pictures; None: those that were ingested here.
    main
        Names of classifiers that stand before the best ones.
    all_faces
        Whether all faces behind a number are shown, instead of some that are drawn.
    """

    only: Sequence[str] = ()
    classifiers: Sequence[str] = ()
    images: bool = False
    format: str = "html"
    diff: Path | None = None
    source: Path | None = None
    main: Sequence[str] = ()
    all_faces: bool = False

    @property
    def pages(self) -> list[Page]:
        """The pages that are wanted, without that of changes."""
        return [page for page in PAGES if not self.only or page.name in self.only]


def report(
    store: Stores,
    out: AnyPath | None = None,
    *,
    only: Sequence[str] = (),
    classifiers: Sequence[str] = (),
    images: bool = False,
    format: str = "html",
    diff: AnyPath | None = None,
    raw: bool = False,
    source: AnyPath | None = None,
    main: Sequence[str] = (),
    all_faces: bool = False,
) -> Path:
    """Write the report, by default into the store; return its first page.

    Parameters
    ----------
    store
        What is reported; it is only read.
    out
        Folder to write to; made if it is not there. A report that is there is replaced at once;
        pages that have nothing to show any more are deleted, other files stay.
    only
        Names of pages; empty: all. Those of older versions go on working.
    classifiers
        Names of classifiers to limit tables and charts to, or patterns such as `*topk*`; empty:
        all, with charts of the best.
    images
        Whether pages show thumbnails of mistakes and duplicates.
    format
        `html`; or `json` or `csv`: the same numbers for machines.
    diff
        The folder of another store, or a DuckDB file such as a snapshot: a page says what
        changed since.
    raw
        Whether text in CSV files is as it is, also where a spreadsheet takes it for a formula.
    source
        With `images`: the folder of the pictures; by default those that were ingested into this
        store on this machine.
    main
        Names of the classifiers that the report is about, one an attribute, or patterns; else the
        best ones.
    all_faces
        Whether the page of faces has all that are behind a number, which may be very many, and not
        up to 24 that are drawn by a hash of their paths.

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
    OutputError
        If a store has its own files in that folder.
    InputError, OtherStoreError
        If what is to be compared with is the store itself, or no store of this version.
    """
    folder = store.output(out, REPORTS_FOLDER)
    if source is not None and not images:
        message = f"`source={source}` without `images=True`: pictures are shown with both."
        raise ParametersError(message)
    reader = store.catalog.database.reader()  # there has to be a store
    known = store.catalog.predictions.names()
    options = ReportOptions(
        [current_name(page) for page in only], named(classifiers, known), images, format,
        _path(diff), _path(source), named(main, known), all_faces,
    )  # fmt: skip
    _check_pages(options)
    _check([options.format], FORMATS, "format")
    if not known:
        store.notify(
            f"There is no classifier yet, so the report is of the data alone: {MAKES_ONE}."
        )
    own = resources.folder("reports")
    # a connection of its own: its tables are seen by nobody else, and go with it
    with reader.cursor() as con:
        contents = gather(con, read_queries(own / "queries"), options, store.progress)
    if options.diff is not None:
        contents = _with_changes(store, contents, options.diff, own, options.classifiers)
    if options.format != "html":
        return _write_numbers(contents, folder, options.format, raw=raw)
    if not contents.filled:
        raise _nothing_to_show(contents.left_out)
    is_whole = options.diff is None and not options.only
    gone = [page.file for page in [*contents.left_out, *([DIFF_PAGE] if is_whole else [])]]
    gone += FORMER_FILES if is_whole else ()
    gone += former_thumbnails(
        folder, [*gone, REPORT_PAGE, *(each.file for each in contents.filled)]
    )
    with replacing_pages(folder, [*gone, REPORT_PAGE]) as new:
        explanations = write_report_page(store, new)
        if explanations is not None:
            contents = replace(contents, more_pages=[(explanations.name, "Explanations")])
        if options.images:
            contents = _with_pictures(store, contents, options.source, new)
        files = render_report(contents, _provenance(contents.tables["datasets"]), own)
        for name, content in files.items():
            (new / name).write_text(content, encoding="utf-8", newline="")
    return folder / contents.filled[0].file


def gather(
    con: duckdb.DuckDBPyConnection,
    queries: dict[str, Query],
    options: ReportOptions,
    progress: Progress,
) -> Contents:
    """Run the queries of the pages that are wanted."""
    names = queries_of(options.pages)
    wanted = _with(queries, names)
    asked = [sql for query in wanted for sql in (query.sql, query.finding) if sql]
    keep_views(con, progress, main=options.main, classifiers=options.classifiers, queries=asked)
    if options.all_faces:
        con.execute("set variable faces_of_a_section = $most", {"most": _MOST_FACES})
    main = run_query(con, queries["best_classifiers"])
    shown = _chosen(con, options.classifiers) if options.classifiers else keys_of(main)
    of_shown = list(dict.fromkeys(key.classifier for key in shown))
    tables = {"best_classifiers": main}
    with progress.task("Tables", len(names)) as task:
        for query in wanted:
            limit = options.classifiers or (of_shown if query.show == "shown" else ())
            tables[query.name] = run_query(con, query, limit)
            task.advance()
    return Contents(
        tables, shown, is_chosen=bool(options.classifiers), pages=options.pages,
        links=links_to(tables),
    )  # fmt: skip


def _with(queries: dict[str, Query], names: Iterable[str]) -> list[Query]:
    return [queries[name] for name in names]


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
            raise UnknownChoiceError(kind, name, known)


def _nothing_to_show(pages: Sequence[Page]) -> InputError:
    """Return that none of the pages that were asked for has anything to show."""
    names = preview(repr(page.name) for page in pages)
    why = " ".join(dict.fromkeys(page.why for page in pages if page.why))
    return InputError(
        f"There is nothing to show on {names} yet, so nothing was written. {why} "
        f"`{pages[0].command}` would fill it."
    )


def _path(given: AnyPath | None) -> Path | None:
    return None if given is None else Path(given)


def _check_pages(options: ReportOptions) -> None:
    """Refuse pages that are not known; that of changes needs something to compare with."""
    if options.diff is None and DIFF_PAGE.name in options.only:
        message = (
            f"The page {DIFF_PAGE.name!r} needs a store or a snapshot to compare with: "
            "give it as `diff=OTHER`."
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


def _with_pictures(store: Stores, contents: Contents, source: Path | None, new: Path) -> Contents:
    """Write the small pictures into the folder of the new pages, and tell which are left out."""
    pictures = pictures_of(store, None if source is None else folder_of_pictures(source))
    wanted = wanted_pictures(contents.tables.values())
    drawn = write_thumbnails(new, wanted, pictures, store.progress)
    for line in drawn.left_out:
        store.notify(f"{line}.")
    return replace(
        contents, pictures=drawn.files, left_out_pictures=drawn.left_out, with_pictures=True
    )


def _write_numbers(contents: Contents, folder: Path, form: str, *, raw: bool) -> Path:
    """Write the tables for machines."""
    tables = list(contents.tables.values())
    if form == "json":
        document = as_json(tables, _provenance(contents.tables["datasets"]))
        return replace_file(folder / JSON_FILE, document)
    with replacing_pages(folder / _CSV_FOLDER) as new:
        for table in tables:
            text = as_csv(table, raw=raw)
            (new / f"{table.query.name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder / _CSV_FOLDER


def _provenance(datasets: Table) -> Provenance:
    return Provenance(
        made_at=datetime.now(UTC),
        versions=versions() | {name: version(name) for name in _CHART_LIBRARIES},
        is_synthetic=SYNTHETIC_DATASET in {row["dataset"] for row in datasets.records},
    )
