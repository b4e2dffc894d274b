"""Dots with intervals in rows under headings, and figures beside them, as in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from facestore.reporting.charts.base import (
    COLOURS,
    ROW,
    SHAPES,
    WIDE,
    finished,
    told_apart,
    values,
)

if TYPE_CHECKING:
    import altair

GREY = "var(--soft)"
# What a key has before the label: its place, so that labels may be the same, and its kind.
_PLACE_DIGITS = 4
_HEADING, _ROW = "h", "r"
_BEFORE_LABEL = _PLACE_DIGITS + 1
# Between the marks of two series in a row, in pixels.
_APART = 7
_ROOM = 0.04


@dataclass(frozen=True)
class Beside:
    """Text to the right of the dots.

    Attributes
    ----------
    field
        Whose text it is.
    at
        Where it ends, in pixels from the end of the plot.
    heading
        What stands above it; may be empty.
    is_bold
        Whether it is what a reader looks for.
    is_wide
        Whether it is left out on a phone.
    """

    field: str
    at: int
    heading: str = ""
    is_bold: bool = False
    is_wide: bool = False


@dataclass(frozen=True)
class Dots:
    """How rows are drawn.

    Attributes
    ----------
    axis
        That of the figures.
    shown
        What is said of a dot under the pointer.
    beside
        Text to the right of the dots.
    right
        Room for it, in pixels.
    right_if_narrow
        Room for what of it a phone has; None: as much.
    series
        Names of what a row has a dot each of; empty: one dot.
    everyone
        Where a dashed line stands; None: nowhere.
    ends
        Ends of the axis; empty: those of the intervals, with some room.
    """

    axis: Any
    shown: Sequence[Any]
    beside: Sequence[Beside] = ()
    right: int = 8
    right_if_narrow: int | None = None
    series: Sequence[str] = ()
    everyone: float | None = None
    ends: Sequence[float] = field(default=())


def under_headings(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Give each row its place on the axis, below the heading of its part.

    Parameters
    ----------
    parts
        Rows by heading; a row has a `name`, and rows of one name that follow each other share a
        place.
    """
    made: list[dict[str, Any]] = []
    place = 0
    for heading, rows in parts.items():
        if heading:
            made.append({"key": _key(place, _HEADING, heading), "heading": heading})
            place += 1
        name = None
        for row in rows:
            place += name is not None and row["name"] != name
            name = row["name"]
            made.append({**row, "key": _key(place, _ROW, name)})
        place += 1
    return made


def dots_spec(rows: Sequence[Mapping[str, Any]], how: Dots) -> dict[str, Any]:
    """Draw rows with `value`, `low` and `high`; they may have `link`, `colour` and `series`.

    A row without a value has its `note` instead.
    """
    import altair as alt

    x_scale = alt.Scale(
        domain=list(how.ends) or _ends(rows, how.everyone),
        range=[0, {"expr": "width - room"}],
        nice=False,
        zero=False,
    )
    label = alt.Axis(
        title=None,
        labelExpr=f"slice(datum.label, {_PLACE_DIGITS}, {_BEFORE_LABEL}) == '{_ROW}' ? "
        f"slice(datum.label, {_BEFORE_LABEL}) : ''",
        domain=False,
        ticks=False,
        grid=False,
    )
    # the rows stand once above all layers, and not in each of them
    base = alt.Chart().encode(y=alt.Y("key:N", sort=None, axis=label))
    x = {name: alt.X(f"{name}:Q", scale=x_scale, axis=how.axis) for name in ("value", "low")}
    layers = [base.mark_point(opacity=0)]  # headings keep their places
    if how.everyone is not None:
        line = alt.Chart(alt.Data(values=[{"everyone": how.everyone}]))
        rule = line.mark_rule(strokeDash=[4, 3], stroke="currentColor", opacity=0.6)
        layers.append(rule.encode(x=alt.X("everyone:Q", scale=x_scale, axis=how.axis)))
    layers += _marks(base, x, how)
    layers += [
        base.transform_filter("isValid(datum.heading)")
        .mark_text(align="left", fontSize=12, fontWeight="bold")
        .encode(x=alt.XValue(0), text=alt.Text("heading:N")),
        base.transform_filter("isValid(datum.note)")
        .mark_text(align="left", fontSize=11, fill=GREY)
        .encode(x=alt.XValue(2), text=alt.Text("note:N")),
        *(text for each in how.beside for text in _beside(base, each)),
    ]
    n_places = len({row["key"] for row in rows})
    height = (ROW + _APART * max(0, len(how.series) - 1)) * n_places
    chart = alt.layer(*layers, data=values(rows)).properties(height=height)
    spec = finished(chart.add_params(alt.param(name="room", value=how.right)))
    if how.right_if_narrow is not None:
        spec["usermeta"] = {"room": how.right_if_narrow}
    return spec


def _marks(base: altair.Chart, x: Mapping[str, Any], how: Dots) -> list[altair.Chart]:
    """Draw an interval and a dot a row, or one a series."""
    import altair as alt

    marks = []
    for i, name in enumerate(how.series or [None]):
        down = _APART * (i - (max(1, len(how.series)) - 1) / 2)
        drawn = base.transform_filter("isValid(datum.value)")
        if name is None:
            colour: dict[str, Any] = {
                "fill": alt.Fill("colour:N", scale=None),
                "stroke": alt.Stroke("colour:N", scale=None),
            }
            dot, line = {"fill": colour["fill"]}, {"stroke": colour["stroke"]}
        else:
            drawn = drawn.transform_filter(alt.datum.series == name)
            scale = told_apart(how.series, COLOURS)
            shapes = told_apart(how.series, SHAPES)
            line = {"color": alt.Color("series:N", scale=scale)}
            dot = line | {"shape": alt.Shape("series:N", scale=shapes)}
        marks += [
            drawn.mark_rule(strokeWidth=2.2, opacity=0.75, yOffset=down).encode(
                x=x["low"], x2=alt.X2("high:Q"), **line
            ),
            drawn.mark_point(filled=True, size=62, opacity=1, yOffset=down).encode(
                x=x["value"], tooltip=how.shown, href=alt.Href("link:N"), **dot
            ),
        ]
    return marks


def _beside(base: altair.Chart, each: Beside) -> list[altair.Chart]:
    import altair as alt

    where = alt.XValue({"expr": f"width - room + {each.at}"})
    weight = "bold" if each.is_bold else "normal"
    before = WIDE if each.is_wide else "any"
    text = (
        base.transform_filter(f"isValid(datum.{each.field})")
        .mark_text(align="right", fontSize=12, fontWeight=weight)
        .encode(x=where, text=alt.Text(f"{each.field}:N"))
        .properties(name=f"{before}_{each.field}")
    )
    if not each.heading:
        return [text]
    head = (
        alt.Chart(alt.Data(values=[{}]))
        .mark_text(align="right", baseline="bottom", fontSize=11, fill=GREY)
        .encode(x=where, y=alt.YValue(-4), text=alt.TextValue(each.heading))
        .properties(name=f"{before}_head_{each.field}")
    )
    return [text, head]


def _ends(rows: Sequence[Mapping[str, Any]], everyone: float | None) -> list[float]:
    """Return the ends of the intervals, with some room."""
    named = ("low", "value", "high")
    figures = [row[name] for row in rows for name in named if row.get(name) is not None]
    figures += [] if everyone is None else [everyone]
    low, high = min(figures, default=0), max(figures, default=1)
    room = _ROOM * (high - low) or _ROOM
    return [low - room, high + room]


def _key(place: int, kind: str, label: str) -> str:
    return f"{place:0{_PLACE_DIGITS}d}{kind}{label}"
