"""Charts of the first page: the gaps between groups, and what prompts and models make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from facestore.reporting.charts.base import (
    COLOURS,
    NARROW,
    ROW,
    WIDE,
    Chart,
    Context,
    finished,
    parted,
    percent_axis,
    place,
    tooltip,
    values,
)
from facestore.reporting.tables import Table, key_of, percent

if TYPE_CHECKING:
    import altair

_GREY = "var(--soft)"
# To the right of the dots: where the gap, its interval and the verdict end or begin, in pixels.
_GAP, _INTERVAL, _VERDICT = 66, 78, 156
_RIGHT = 215
# So many pixels the dots and their labels have, about; a character of a label; what is kept free.
_PLOT, _CHARACTER, _FREE = 470, 6.4, 16
_MOST_CHARACTERS = 28
_LABELS = 128
_BESIDE_PHONE = 50
_KEY_DIGITS = 4
_DOTS = ("accuracy_worst", "accuracy_best", "accuracy")
_VERDICTS = {"clear": "clear", "may be chance": "chance?"}


def gap_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the worst and the best group of each kind, one chart a data set and split."""
    charts = []
    parts = parted(table.records, "dataset", "split")
    for (dataset, split), rows in parts.items():
        title = f"From the worst group to the best: {place(dataset, split)}"
        # without it nobody sees which data set a chart is of
        caption = place(dataset, split) if len(parts) > 1 else ""
        told = "; ".join(
            f"{row['attribute']} by {row['group_attribute']}: {percent(row['accuracy_worst'])} for "
            f"{row['worst_group']}, {percent(row['accuracy_best'])} for {row['best_group']}, "
            f"gap {100 * row['gap']:.1f} points, {row['verdict']}"
            for row in rows
        )
        charts.append(
            Chart(title, f"{told}.", _gap_spec(_gap_rows(rows, context)), caption=caption)
        )
    return charts


def _gap_rows(rows: Sequence[Mapping[str, Any]], context: Context) -> list[dict[str, Any]]:
    """Give a row a gap, with a row above those of an attribute that names it."""
    made: list[dict[str, Any]] = []
    attribute = None
    for row in rows:
        if row["attribute"] != attribute:
            attribute = row["attribute"]
            made.append({"key": _key(len(made), f"{attribute.capitalize()} told right")})
        key = key_of(row)
        worst, best = row["worst_group"], row["best_group"]
        by = row["group_attribute"]
        made.append(
            {
                **row,
                "key": _key(len(made), f"by {by.replace(' x ', ' × ')}"),
                "worst_label": f"{_short(worst)} {100 * row['accuracy_worst']:.1f}",
                "best_label": f"{100 * row['accuracy_best']:.1f} {_short(best)}",
                "points": f"{100 * row['gap']:.1f}",
                "interval": f"{100 * row['gap_ci_low']:.1f} – {100 * row['gap_ci_high']:.1f}",
                "told": _VERDICTS[row["verdict"]],
                "in_short": f"{_short(worst)} {100 * row['accuracy_worst']:.1f} %, gap "
                f"{100 * row['gap']:.1f} ({_VERDICTS[row['verdict']]})",
                "worst_link": context.links.group(key, by, worst),
                "best_link": context.links.group(key, by, best),
            }
        )
    return made


def _key(place_: int, label: str) -> str:
    """Make rows differ that have the same label."""
    return f"{place_:0{_KEY_DIGITS}d}{label}"


def _gap_spec(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    import altair as alt

    gaps = [row for row in rows if "gap" in row]
    low = min(row["accuracy_worst"] for row in gaps)
    # a narrow range would hold one tenth alone, or none
    span = max(row["accuracy_best"] for row in gaps) - low
    step = 20 if span > 0.3 else 10 if span > 0.15 else 5
    ticks = [tick / 100 for tick in range(0, 101, step) if tick / 100 >= low - 0.2]
    scale = alt.Scale(
        domain=_domain(gaps),
        range=[0, {"expr": "width - right"}],
        nice=False,
        zero=False,
    )
    axis = percent_axis(values=ticks)
    label = alt.Axis(
        title=None,
        labelExpr=f"slice(datum.label, {_KEY_DIGITS})",
        labelFontWeight={
            "condition": {"test": "indexof(datum.label, 'told right') > 0", "value": "bold"},
            "value": "normal",
        },
        domain=False,
        ticks=False,
        labelAlign="left",
        labelPadding=_LABELS,
    )
    y = alt.Y("key:N", sort=None, axis=label)
    base = alt.Chart(values(rows)).encode(y=y)
    dots = base.transform_filter("isValid(datum.accuracy_worst)")
    x = {name: alt.X(f"{name}:Q", scale=scale, axis=axis) for name in _DOTS}
    colour = alt.condition("datum.verdict == 'clear'", alt.value(COLOURS[1]), alt.value(_GREY))
    shown = tooltip(
        worst_group__s="worst group", accuracy_worst__q="accuracy", n_samples_worst__n="n",
        best_group__s="best group", accuracy_best__q="accuracy of best",
        n_samples_best__n="n of best", points__s="gap, points", interval__s="95 %",
    )  # fmt: skip
    layers = [
        # a row without dots keeps its place
        base.mark_point(opacity=0).encode(),
        dots.mark_rule(strokeWidth=4, opacity=0.45).encode(
            x=x["accuracy_worst"], x2=alt.X2("accuracy_best:Q"), stroke=colour
        ),
        dots.mark_tick(thickness=2, size=16, stroke="currentColor").encode(x=x["accuracy"]),
        dots.mark_point(filled=True, size=130, opacity=1).encode(
            x=x["accuracy_worst"], fill=colour, tooltip=shown, href=alt.Href("worst_link:N")
        ),
        dots.mark_point(filled=True, size=90, opacity=1, fill=COLOURS[0]).encode(
            x=x["accuracy_best"], tooltip=shown, href=alt.Href("best_link:N")
        ),
        *_labels(dots, x),
        *_columns(dots),
    ]
    chart = alt.layer(*layers).properties(height=(ROW + 8) * len(rows))
    return finished(chart.add_params(alt.param(name="right", value=_RIGHT)))


def _domain(gaps: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the ends of the axis that leave room for the labels of the dots, which take pixels."""
    low = min(row["accuracy_worst"] for row in gaps)
    high = max(row["accuracy_best"] for row in gaps)
    for _ in range(20):
        pixel = min((high - low) / _PLOT, 0.01)
        low = min(row["accuracy_worst"] - pixel * _pixels(row["worst_label"]) for row in gaps)
        high = max(row["accuracy_best"] + pixel * _pixels(row["best_label"]) for row in gaps)
    return [low, high]


def _pixels(label: str) -> float:
    return _CHARACTER * len(label) + _FREE


def _short(group: str) -> str:
    name = group.replace(" x ", ", ")
    return name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"


def _labels(dots: altair.Chart, x: Mapping[str, Any]) -> list[altair.Chart]:
    """Name the groups at their dots; on a phone above them."""
    import altair as alt

    return [
        dots.mark_text(align="right", dx=-12, fontSize=12)
        .encode(x=x["accuracy_worst"], text=alt.Text("worst_label:N"))
        .properties(name=f"{WIDE}_worst"),
        dots.mark_text(align="left", dx=10, fontSize=12)
        .encode(x=x["accuracy_best"], text=alt.Text("best_label:N"))
        .properties(name=f"{WIDE}_best"),
        dots.mark_text(align="left", dy=-15, fontSize=11)
        .encode(x=alt.XValue(-_BESIDE_PHONE), text=alt.Text("in_short:N"))
        .properties(name=f"{NARROW}_label"),
    ]


def _columns(dots: altair.Chart) -> list[altair.Chart]:
    """Write gap, interval and verdict beside the dots, as a table would."""
    import altair as alt

    def column(field: str, at: int, heading: str, **mark: Any) -> list[altair.Chart]:
        where = alt.XValue({"expr": f"width - right + {at}"})
        weight = {"clear": "bold"} if field == "told" else {}
        colour = (
            alt.condition("datum.verdict == 'clear'", alt.value("var(--worse)"), alt.value(_GREY))
            if weight
            else alt.FillValue("currentColor")
        )
        cells = dots.mark_text(**mark).encode(x=where, text=alt.Text(f"{field}:N"), fill=colour)
        head = (
            alt.Chart(alt.Data(values=[{}]))
            .mark_text(align=mark["align"], baseline="bottom", fontSize=11, fill=_GREY)
            .encode(x=where, y=alt.YValue(-6), text=alt.TextValue(heading))
        )
        return [
            cells.properties(name=f"{WIDE}_{field}"),
            head.properties(name=f"{WIDE}_head_{field}"),
        ]

    return [
        *column("points", _GAP, "gap, points", align="right", fontSize=14, fontWeight="bold"),
        *column("interval", _INTERVAL, "95 %", align="left", fontSize=12),
        *column("told", _VERDICT, "verdict", align="left", fontSize=12, fontWeight="bold"),
    ]


def range_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw from the lowest accuracy to the highest, over prompts and over models."""
    import altair as alt

    rows = [
        {
            **row,
            "key": f"{i:0{_KEY_DIGITS}d}{row['n_classifiers']} {_varied(row)}"
            + (f", {row['attribute']}" if len({r["attribute"] for r in table.records}) > 1 else ""),
        }
        for i, row in enumerate(table.records)
    ]
    if not rows:
        return []
    low = min(row["accuracy_min"] for row in rows)
    high = max(row["accuracy_max"] for row in rows)
    room = max(0.1 * (high - low), 0.002)
    scale = alt.Scale(domain=[low - room, min(1, high + room)], nice=False, zero=False)
    axis = percent_axis(decimals=1, tickCount=3)
    label = alt.Axis(
        title=None, labelExpr=f"slice(datum.label, {_KEY_DIGITS})", domain=False, ticks=False
    )
    base = alt.Chart(values(rows)).encode(
        y=alt.Y("key:N", sort=None, axis=label),
        tooltip=tooltip(
            varied__s="varied", n_classifiers__n="classifiers", accuracy_min__q="lowest",
            accuracy_max__q="highest",
        ),
    )  # fmt: skip
    ends = [
        base.mark_point(filled=True, size=60, opacity=1, fill=COLOURS[0]).encode(
            x=alt.X(f"{end}:Q", scale=scale, axis=axis)
        )
        for end in ("accuracy_min", "accuracy_max")
    ]
    line = base.mark_rule(strokeWidth=4, opacity=0.45, stroke=COLOURS[0]).encode(
        x=alt.X("accuracy_min:Q", scale=scale, axis=axis), x2=alt.X2("accuracy_max:Q")
    )
    chart = alt.layer(line, *ends).properties(height=(ROW + 4) * len(rows))
    told = "; ".join(f"{row['attribute']}: {row['sentence']}" for row in rows)
    return [Chart("From the lowest accuracy to the highest", f"{told}.", finished(chart))]


def _varied(row: Mapping[str, Any]) -> str:
    """Say what varies: of one prompt set it is the rule that pools it, and not the prompt."""
    is_rule = row["varied"] == "prompts" and row["n_prompt_sets"] == 1
    return "rules" if is_rule else str(row["varied"])
