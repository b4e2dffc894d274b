"""Small charts beside each other that share an axis, and labels at the ends of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from facestore.reporting.charts.base import finished

if TYPE_CHECKING:
    import altair

# A panel is so wide where scripts do not run; in the browser as many stand in a row as fit.
PANEL = 190
MOST_PANELS = 12
KEY_DIGITS = 4
_MOST_CHARACTERS = 24
_LINE = 13


def panels(
    chart: altair.LayerChart, field: str, order: Sequence[str], width: int = PANEL
) -> dict[str, Any]:
    """Repeat a chart for each value of a field, all on one y axis.

    Parameters
    ----------
    chart
        Layers that share their data.
    field
        What tells the panels apart; its values are their titles.
    order
        These values, in the order of the panels.
    width
        Of a panel in pixels.
    """
    import altair as alt

    header = alt.Header(title=None, labelFontWeight="bold", labelLimit=width, labelAnchor="start")
    facet = alt.Facet(f"{field}:N", sort=list(order), title=None, header=header)
    made = chart.properties(width=width).facet(facet, columns=max(1, min(len(order), 4)))
    spec = finished(made, fits=False)
    return spec | {"usermeta": {"panel": width}}


def first_panels(names: Sequence[str]) -> tuple[list[str], str]:
    """Return the first names of panels that a page has room for, and the words for the rest."""
    kept = list(names[:MOST_PANELS])
    rest = f" (the first {MOST_PANELS} of {len(names)})" if len(names) > MOST_PANELS else ""
    return kept, rest


def short(name: str, most: int = _MOST_CHARACTERS) -> str:
    """Shorten a name that would not fit."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def row_key(i: int, name: str, most: int = 34) -> str:
    """Make a row differ from others of its shortened name; the axis leaves out the first digits."""
    return f"{i:0{KEY_DIGITS}d}{short(name, most)}"


def spread(
    rows: Sequence[Mapping[str, Any]], field: str, domain: Sequence[float], height: int
) -> list[float]:
    """Return where labels of lines stand, so that none covers another, as values of the field."""
    step = (domain[1] - domain[0]) * _LINE / height
    order = sorted(range(len(rows)), key=lambda i: float(rows[i][field]))
    places = [float(rows[i][field]) for i in order]
    # each pushes the one above it up, then all that stick out are pushed down again
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + step)
    top = domain[1]
    for i in range(len(places) - 1, -1, -1):
        places[i] = min(places[i], top)
        top = places[i] - step
    return [place for _, place in sorted(zip(order, places, strict=True))]


def domain_of(rows: Sequence[Mapping[str, Any]], *fields: str) -> list[float]:
    """Return the ends of an axis of fractions, with a little room, within 0 and 1."""
    found = [row[field] for row in rows for field in fields if row[field] is not None]
    low, high = min(found), max(found)
    room = max(0.06 * (high - low), 0.004)
    return [max(0.0, low - room), min(1.0, high + room)]


def decimals_of(domain: Sequence[float]) -> int:
    """Return how many decimals ticks in percent need, so that no two are the same."""
    return 0 if domain[1] - domain[0] > 0.06 else 1
