"""Heat maps as HTML tables: what is taken for what, and errors of groups of three labels.

A cell is a link that the tabulator key reaches, and its text can be read at any size. The counts
behind a percentage are in the title of its cell, and in the table of the section.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from facestore.reporting.links import Links
from facestore.reporting.tables import Block, percent
from facestore.reporting.visible import visible

_TRIPLE = "age x gender x race"


@dataclass(frozen=True)
class Cell:
    """One cell of a heat map.

    Attributes
    ----------
    text
        What is read in it.
    share
        How dark it is, from 0 to 1.
    title
        The same in words, with its counts.
    small
        What stands below the text; may be empty.
    link
        Where it leads to; may be empty.
    kind
        `right`, `few` or nothing.
    """

    text: str
    share: float
    title: str
    small: str = ""
    link: str = ""
    kind: str = ""


def confusion_heat(block: Block, links: Links, caption: str) -> Markup:
    """Write a confusion matrix in percent of its rows.

    Parameters
    ----------
    block
        Cells with label, predicted, n_samples and fraction_of_label.
    links
        Where a cell leads to.
    caption
        Whose it is.
    """
    matrix = block.matrix
    cells = {(cell["label"], cell["predicted"]): cell for row in matrix.rows for cell in row}

    def cell(label: str, predicted: str) -> Cell:
        each = cells[label, predicted]
        n, share = each["n_samples"], each["fraction_of_label"]
        kind = "right" if label == predicted else ""
        told = f"{label} called {predicted}: {n:,}, {percent(share)} of {label}"
        link = links.cell(block.key, label, predicted) if n else ""
        return Cell(_figure(share), share or 0, told, link=link, kind=kind)

    return _heat(matrix.classes, matrix.classes, cell, caption, "label, called …")


def error_heats(block: Block, links: Links, caption: str) -> list[Markup]:
    """Write errors by age and race as a heat map a gender, all on one scale.

    Parameters
    ----------
    block
        Rows with age, gender, race, n_samples, n_wrong, error and its limits.
    links
        Where a cell leads to.
    caption
        Whose they are.
    """
    rows = block.records
    worst = max((row["error"] for row in rows if row["error"] is not None), default=None)
    ages, genders, races = (
        list(dict.fromkeys(row[name] for row in rows)) for name in ("age", "gender", "race")
    )
    groups = {(row["gender"], row["age"], row["race"]): row for row in rows}

    def panel(gender: str) -> Markup:
        def cell(age: str, race: str) -> Cell | None:
            row = groups.get((gender, age, race))
            if row is None:
                return None
            name = f"{age} x {gender} x {race}"
            return _error_cell(row, worst, links.group(block.key, _TRIPLE, name))

        return _heat(ages, races, cell, f"{gender}. {caption}", "age")

    return [panel(gender) for gender in genders]


def _error_cell(row: Mapping[str, Any], worst: float | None, link: str) -> Cell:
    who = f"{row['gender']}, {row['age']}, {row['race']}"
    n, error = row["n_samples"], row["error"]
    if error is None:
        return Cell("", 0, f"{who}: too few, n {n:,}", f"n {n:,}", link, "few")
    told = (
        f"{who}: wrong for {row['n_wrong']:,} of {n:,}, {percent(error)} "
        f"(95 % {percent(row['ci_low'])} to {percent(row['ci_high'])})"
    )
    return Cell(_figure(error), error / worst if worst else 0, told, f"n {n:,}", link)


def _figure(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _heat(
    rows: Sequence[str],
    columns: Sequence[str],
    cell: Callable[[str, str], Cell | None],
    caption: str,
    corner: str,
) -> Markup:
    """Put cells into a table that scrolls by itself, where it is too wide for the page."""
    heads = "".join(f'<th scope="col">{_name(name)}</th>' for name in columns)
    body = "\n".join(
        f'<tr><th scope="row">{_name(row)}</th>'
        f"{''.join(_cell(cell(row, column)) for column in columns)}</tr>"
        for row in rows
    )
    shown = escape(visible(caption))
    return Markup(  # noqa: S704 - every value was escaped
        f'<div class="scroll" tabindex="0" role="region" aria-label="{shown}">'
        f'<table class="heat"><caption><span>{shown}</span></caption>\n'
        f'<thead><tr><th scope="col">{escape(corner)}</th>{heads}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _name(name: str) -> str:
    """Write a name that may be long, or run from right to left; the whole one is its title."""
    whole = escape(visible(name))
    broken = whole.replace("_", Markup("_<wbr>"))
    return f'<span dir="auto" title="{whole}">{broken}</span>'


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return '<td class="none" title="no sample"></td>'
    kind = f' class="{cell.kind}"' if cell.kind else ""
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    title = escape(visible(cell.title))
    inside = f"{escape(cell.text)}{small}"
    if cell.link:
        # the link fills its cell: its title is read out, and seen over the whole of it
        inside = f'<a href="{escape(cell.link)}" title="{title}">{inside}</a>'
    else:
        kind += f' title="{title}"'
    return f'<td{kind} style="--f:{cell.share:.2f}">{inside}</td>'
