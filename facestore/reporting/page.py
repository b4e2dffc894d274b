"""The HTML page: tables and charts into templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from facestore.reporting.charts import Chart, group_chart, has_groups, sweep_charts
from facestore.reporting.tables import Table, best_first, best_keys

# Longer tables are folded, so that the page can be read from top to bottom.
MAX_OPEN_ROWS = 20


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


def render_report(
    tables: Sequence[Table],
    provenance: Provenance,
    templates: Path,
    more_pages: Sequence[tuple[str, str]] = (),
) -> str:
    """Render the report as one HTML page that needs nothing else.

    Parameters
    ----------
    tables
        One for each query file.
    provenance
        What made it.
    templates
        Folder with `index.html.j2`.
    more_pages
        (file, name) of pages beside it, which it links to.

    Raises
    ------
    jinja2.UndefinedError
        If a template names what it is not given.
    """
    by_name = {table.query.name: table for table in tables}
    best = best_keys(by_name["best_classifiers"])
    groups, _ = best_first(by_name["groups"].blocks, best)
    page = environment(templates).get_template("index.html.j2")
    return page.render(
        title="How well, and for whom",
        tables=by_name,
        best=best,
        counts=by_name["fingerprint"].records[0],
        group_charts={block.key: group_chart(block) for block in groups if has_groups(block)},
        sweep_charts=sweep_charts(by_name["k_sweep"]),
        provenance=provenance,
        max_open_rows=MAX_OPEN_ROWS,
        more_pages=more_pages,
    )


def environment(templates: Path) -> Environment:
    """Return Jinja2's environment of the report: everything is escaped, nothing may be missing."""
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["svg"] = _svg_markup
    made.filters["best_first"] = best_first
    return made


def _svg_markup(chart: Chart) -> Markup:
    """Let the markup of a chart through, which escaped its texts when it was drawn."""
    return Markup(chart.svg)  # noqa: S704
