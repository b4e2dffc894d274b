"""HTML pages: tables and charts into templates."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from facestore.errors import counted
from facestore.reporting.charts import Chart, Context, charts_of, script_bundle
from facestore.reporting.charts.groups import whose
from facestore.reporting.faces import faces_of, in_shell
from facestore.reporting.grid import grid, matrix_grid
from facestore.reporting.heat import confusion_heat, error_heats
from facestore.reporting.links import Links
from facestore.reporting.pages import PAGES, Page
from facestore.reporting.tables import Block, BlockKey, Table, best_first, key_of, percent
from facestore.reporting.visible import visible, visible_in

# Longer tables are folded, so that the page can be read from top to bottom.
MAX_OPEN_ROWS = 20
# Of more classifiers than these, beside those that are shown, a page has no tables but the SQL.
MAX_OTHERS = 12
CHARTS_FILE = "charts.js"
# Of pages that show their queries one after the other, and nothing else.
LIST_TEMPLATE = "pages/list.html.j2"


@dataclass(frozen=True)
class Provenance:
    """What made the report.

    Attributes
    ----------
    made_at
        UTC.
    versions
        Libraries that may decide a figure or draw a chart.
    is_synthetic
        Whether the store has the faces that `facestore demo` draws.
    """

    made_at: datetime
    versions: Mapping[str, str]
    is_synthetic: bool = False


@dataclass(frozen=True)
class Contents:
    """What a report is made from.

    Attributes
    ----------
    tables
        By the name of their query; those of the pages that are wanted.
    shown
        Classifiers that are shown unfolded, and have charts.
    is_chosen
        Whether the user named these classifiers; else they are the best ones.
    pages
        Pages that are wanted; those without data are left out.
    pictures
        Files of small pictures beside the pages, by data set and path.
    left_out_pictures
        Why some have none, in sentences.
    with_pictures
        Whether they were asked for.
    more_pages
        (file, name) of pages that lie beside the report already.
    other
        Name of the store that this one is compared with; empty: none.
    links
        Where groups and cells lead to.
    """

    tables: Mapping[str, Table]
    shown: Sequence[BlockKey]
    is_chosen: bool = False
    pages: Sequence[Page] = PAGES
    pictures: Mapping[tuple[str, str], str] = field(default_factory=dict)
    left_out_pictures: Sequence[str] = ()
    with_pictures: bool = False
    more_pages: Sequence[tuple[str, str]] = ()
    other: str = ""
    links: Links = field(default_factory=Links)

    @property
    def names(self) -> dict[str, str]:
        """Short names of classifiers."""
        rows = self.tables["classifier_names"].records
        return {row["classifier"]: row["short_name"] for row in rows}

    @property
    def filled(self) -> list[Page]:
        """The wanted pages which have something to show."""
        return [page for page in self.pages if page.is_filled(self.tables)]

    @property
    def left_out(self) -> list[Page]:
        """The wanted pages which have nothing to show."""
        return [page for page in self.pages if not page.is_filled(self.tables)]


def render_report(contents: Contents, provenance: Provenance, templates: Path) -> dict[str, str]:
    """Render the report: its files by name, which need nothing else.

    Parameters
    ----------
    contents
        Tables and what is shown of them.
    provenance
        What made it.
    templates
        Folder with `pages/` and `partials/`.

    Returns
    -------
    dict of str to str
        A file a page, and the script that draws the charts of all pages.

    Raises
    ------
    jinja2.UndefinedError
        If a template names what it is not given.
    """
    same = same_everywhere(contents.tables["datasets"].records)
    jinja = environment(templates, same, contents.links)
    # a script runs only with this word, which no name in the store can know
    nonce = secrets.token_urlsafe(16)
    shared = {
        "pages": contents.filled,
        "left_out": contents.left_out,
        "more_pages": contents.more_pages,
        "tables": contents.tables,
        "shown": contents.shown,
        "is_chosen": contents.is_chosen,
        "with_pictures": contents.with_pictures,
        "pictures": contents.pictures,
        "left_out_pictures": contents.left_out_pictures,
        "other": contents.other,
        "counts": contents.tables["fingerprint"].records[0],
        "provenance": provenance,
        "max_open_rows": MAX_OPEN_ROWS,
        "max_others": MAX_OTHERS,
        "nonce": nonce,
        "charts_file": CHARTS_FILE,
    }
    context = Context(contents.shown, contents.names, contents.links)
    shared |= {"names": context.names, "links": contents.links, "same": same}
    shared |= {"chips": chips(contents.tables["datasets"].records, same)}
    files = {}
    for page in contents.filled:
        charts = {name: charts_of(contents.tables[name], context) for name in page.queries}
        template = jinja.select_template([f"pages/{page.name}.html.j2", LIST_TEMPLATE])
        has_charts = any(charts.values())
        files[page.file] = template.render(
            page=page, charts=charts, has_charts=has_charts, **shared
        )
    return files | {CHARTS_FILE: script_bundle()}


def same_everywhere(datasets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return data set and split where there is only one: a chip says them, and no column."""
    named = {(row["dataset"], row["split"]) for row in datasets}
    if len(named) != 1:
        return {}
    ((dataset, split),) = named
    return {"dataset": dataset, "split": split}


def chips(datasets: Sequence[Mapping[str, Any]], same: Mapping[str, Any]) -> list[str]:
    """Say what all figures of the report are about."""
    n_samples = sum(row["n_samples"] for row in datasets)
    if not same:
        return [
            counted(len({row["dataset"] for row in datasets}), "data set"),
            counted(n_samples, "face"),
        ]
    split = [] if same["split"] is None else [same["split"]]
    return [same["dataset"], *split, counted(n_samples, "face")]


def environment(
    templates: Path, same: Mapping[str, Any] | None = None, links: Links | None = None
) -> Environment:
    """Return Jinja2's environment of the report: everything is escaped, nothing may be missing.

    Parameters
    ----------
    templates
        Folder with the templates.
    same
        Columns that tables leave out where they have this one value.
    links
        Where groups in tables lead to.
    """
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_visible,
    )
    made.filters["counted"] = counted
    made.filters["svg"] = _svg_markup
    made.filters["visible_in"] = visible_in
    made.filters["in_shell"] = in_shell
    made.filters["best_first"] = best_first
    made.filters["percent"] = percent
    made.globals["grid"] = partial(_grid, same=same or {}, links=links or Links())
    made.globals["matrix_grid"] = _matrix
    made.globals["anchor"] = _anchor
    made.globals["faces_of"] = faces_of
    made.globals["confusion_heat"] = confusion_heat
    made.globals["error_heats"] = error_heats
    made.globals["block_name"] = _block_name
    made.globals["shown_key"] = key_of
    return made


def _block_name(block: Block, shown: Sequence[BlockKey], names: Mapping[str, str]) -> str:
    return whose(block.key, shown, Context(names=names))


def _grid(part: Table | Block, table: Table, same: Mapping[str, Any], links: Links) -> Markup:
    """Write a table, or a block of it, with the anchor that its charts link to."""
    query = table.query
    left_out: dict[str, Any] = {}
    addresses = _addresses(part, links)
    if isinstance(part, Table) and query.head not in same:
        whole, part = part, part.without(same)
        left_out = {
            each.name: same[each.name] for each in whole.columns if each not in part.columns
        }
    caption = part.key if isinstance(part, Block) else query.title
    key = part.key if isinstance(part, Block) else None
    anchor = _anchor(table, key)
    return grid(
        part, caption, anchor, query=query.name, head=query.head, same=left_out,
        addresses=addresses,
    )  # fmt: skip


def _addresses(part: Table | Block, links: Links) -> list[str]:
    """Return where the groups of a table lead to, row by row; nothing where a row has none."""
    named = {column.name for column in part.columns}
    if not links.sections or not {"group_attribute", "group_name"} <= named:
        return []
    if isinstance(part, Table) and not part.has_blocks:
        return []
    return [
        links.group(
            part.key if isinstance(part, Block) else key_of(row),
            row["group_attribute"],
            row["group_name"],
        )
        for row in part.records
    ]


def _matrix(block: Block, table: Table) -> Markup:
    return matrix_grid(block.matrix, _anchor(table, block.key), query=table.query.name)


def _anchor(table: Table, key: BlockKey | None = None) -> str:
    """Return the `id` of a table: that of its query, with the place of its block."""
    name = f"t-{table.query.name}"
    if key is None:
        return name
    return f"{name}-{[block.key for block in table.blocks].index(key)}"


def _svg_markup(chart: Chart) -> Markup:
    """Let the markup of a chart through, which escaped its texts when it was drawn."""
    return Markup(visible(chart.svg))  # noqa: S704


def _visible(value: object) -> object:
    """Show what text would hide; markup was looked at when it was made."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
