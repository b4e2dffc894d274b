"""Charts of the page of models: the front of accuracy and worst group, and a row a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    NARROW,
    ROW,
    WIDE,
    Chart,
    Context,
    captioned,
    finished,
    parted,
    percent_axis,
    place,
    told_apart,
    tooltip,
    values,
)
from facestore.reporting.charts.panels import (
    KEY_DIGITS,
    decimals_of,
    domain_of,
    row_key,
    short,
    spread,
)
from facestore.reporting.tables import Table, key_of, percent

# With few points the chart is low.
_HEIGHT, _LOW = 400, 240
_FEW = 8
_MOST_POINTS = 150
_MOST_LABELS = 24
_MOST_ROWS = 40
_OTHERS = "other models"
# To the right of the dots stand their names, so many pixels wide.
_NAMES = 250
_RIGHT = 190


def front_charts(table: Table, context: Context) -> list[Chart]:
    """Draw accuracy against that of the worst group, with intervals both ways and the front."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        if len(rows) < 2:
            continue
        # those on the front come first
        some = f" (the first {_MOST_POINTS} of {len(rows)})" if len(rows) > _MOST_POINTS else ""
        best = {row["model"]: row["classifier"] for row in reversed(_by_accuracy(rows))}
        drawn = [_point(row, context, best) for row in rows[:_MOST_POINTS]]
        told = "; ".join(
            f"{context.name(row['classifier'])}: {percent(row['accuracy'])}, "
            f"{percent(row['worst_accuracy'])} for {row['worst_group']}"
            for row in rows[:6]
            if row["is_on_front"]
        )
        title = f"Accuracy against the worst group: {attribute} on {place(dataset, split)}{some}"
        text = f"{counted(len(rows), 'classifier')}; on the front: {told}."
        caption = f"{captioned(attribute, dataset, split, table.records)}{some}"
        charts.append(Chart(title, text, _front(drawn), caption=caption))
    return charts


def _by_accuracy(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: -float(row["accuracy"]))


def _point(row: Mapping[str, Any], context: Context, best: Mapping[str, str]) -> dict[str, Any]:
    name = context.name(row["classifier"])
    made = {
        "name": name,
        "label": short(name, 34),
        "model": short(row["model"], 40),
        "x": row["accuracy"],
        "y": row["worst_accuracy"],
        "group": f"{row['worst_group_attribute']} {row['worst_group']}",
        "n": row["n_samples_worst"],
        "mark": mark_of(row),
        "front": "yes" if row["is_on_front"] else "no",
    }
    if name != row["classifier"]:
        made["whole"] = row["classifier"]
    link = context.links.group(key_of(row), row["worst_group_attribute"], row["worst_group"])
    if link:
        made["link"] = link
    # intervals of all of many would hide the dots
    if row["is_on_front"] or best[row["model"]] == row["classifier"]:
        ends = ("ci_low", "ci_high", "ci_low_worst", "ci_high_worst")
        made |= {field: row[field] for field in ends}
    return made


def mark_of(row: Mapping[str, Any]) -> str:
    """Say what makes a figure no comparison: samples seen before, or too few of them judged."""
    less = f"{percent(row['coverage'])} judged" if row["coverage"] < 1 else ""
    return "; ".join(filter(None, (row["seen"], less)))


def _shape() -> Any:
    """Tell classifiers apart that are marked."""
    import altair as alt

    return alt.condition("datum.mark == ''", alt.value("circle"), alt.value("square"))


def _front(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    import altair as alt

    names = list(dict.fromkeys(row["model"] for row in rows))
    several = names[: len(COLOURS) - 1] if len(names) > len(COLOURS) else names
    drawn = [
        {**row, "series": row["model"] if row["model"] in several else _OTHERS} for row in rows
    ]
    series = list(dict.fromkeys(row["series"] for row in drawn))
    axes = _Axes(drawn)
    height = _LOW if len(rows) < _FEW else _HEIGHT
    legend = alt.Legend(symbolType="circle")
    scale = told_apart(series, COLOURS)
    colour = alt.Color("series:N", sort=None, scale=scale, legend=legend)
    shown = tooltip(
        name__s="classifier", whole__s="whole name", x__q="accuracy", ci_low__q="95 % from",
        ci_high__q="95 % to", group__s="worst group", n__n="n of it", y__q="accuracy of it",
        ci_low_worst__q="95 % from", ci_high_worst__q="95 % to", mark__s="mark",
    )  # fmt: skip
    base = alt.Chart(values(drawn))
    whole = base.transform_filter("isValid(datum.ci_low)")
    front = base.transform_filter("datum.front == 'yes'")
    line = front.mark_line(
        stroke="currentColor", strokeDash=[4, 3], opacity=0.7, interpolate="step-before"
    )
    layers = [
        # first, so that the legend shows dots
        base.mark_point(filled=True, opacity=0.9).encode(
            x=axes.x("x"),
            y=axes.y("y"),
            color=colour,
            size=alt.condition("datum.front == 'yes'", alt.value(100), alt.value(40)),
            shape=_shape(),
            tooltip=shown,
            href=alt.Href("link:N"),
        ),
        whole.mark_rule(strokeWidth=1.4, opacity=0.45).encode(
            x=axes.x("ci_low"), x2=alt.X2("ci_high:Q"), y=axes.y("y"), color=colour
        ),
        whole.mark_rule(strokeWidth=1.4, opacity=0.45).encode(
            x=axes.x("x"), y=axes.y("ci_low_worst"), y2=alt.Y2("ci_high_worst:Q"), color=colour
        ),
        line.encode(x=axes.x("x"), y=axes.y("y")),
        *_front_names(drawn, axes, height),
    ]
    chart = alt.layer(*layers).properties(height=height)
    return finished(chart.add_params(alt.param(name="right", value=_NAMES)))


class _Axes:
    """The two axes, which leave room at the right for names."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        import altair as alt

        have = [row for row in rows if "ci_low" in row]
        dots = [{"low": row["x"], "high": row["x"]} for row in rows]
        ends = [{"low": row["ci_low"], "high": row["ci_high"]} for row in have]
        across = domain_of([*dots, *ends], "low", "high")
        dots = [{"low": row["y"], "high": row["y"]} for row in rows]
        ends = [{"low": row["ci_low_worst"], "high": row["ci_high_worst"]} for row in have]
        self.height = domain_of([*dots, *ends], "low", "high")
        self._x = alt.Scale(
            domain=across,
            range=[0, {"expr": "width - right"}],
            nice=False,
            zero=False,
        )
        self._y = alt.Scale(domain=self.height, nice=False, zero=False)
        self._x_axis = percent_axis(decimals_of(across), "right, of all faces", tickCount=5)
        self._y_axis = percent_axis(
            decimals_of(self.height), "right, of the worst group", tickCount=6
        )

    def x(self, field: str) -> Any:
        """Return the encoding of a field on the axis of accuracy."""
        import altair as alt

        return alt.X(f"{field}:Q", scale=self._x, axis=self._x_axis)

    def y(self, field: str) -> Any:
        """Return the encoding of a field on the axis of the worst group."""
        import altair as alt

        return alt.Y(f"{field}:Q", scale=self._y, axis=self._y_axis)


def _front_names(rows: Sequence[Mapping[str, Any]], axes: _Axes, height: int) -> list[Any]:
    """Name the points of the front beside the plot, each with a line to its point."""
    import altair as alt

    front = [row for row in rows if row["front"] == "yes"][:_MOST_LABELS]
    if not front:
        return []
    places = spread(front, "y", axes.height, height)
    placed = [
        {"x": row["x"], "y": row["y"], "label": row["label"], "at": at}
        for row, at in zip(front, places, strict=True)
    ]
    base = alt.Chart(values(placed))
    beside = {"expr": "width - right + 26"}
    lines = base.mark_rule(strokeWidth=0.7, opacity=0.5, stroke="currentColor")
    texts = base.mark_text(align="left", dx=4, fontSize=12)
    return [
        lines.encode(
            x=axes.x("x"), x2=alt.X2Value(beside), y=axes.y("y"), y2=alt.Y2("at:Q")
        ).properties(name=f"{WIDE}_lines"),
        texts.encode(x=alt.XValue(beside), y=axes.y("at"), text=alt.Text("label:N"))
        .properties(name=f"{WIDE}_names"),
    ]  # fmt: skip


def leaderboard_charts(table: Table, context: Context) -> list[Chart]:
    """Draw a row a model: its best rule with its interval, its other rules as faint dots."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        firsts = sorted(
            (row for row in rows if row["place"] == 1),
            key=lambda row: (
                row["place_of_model"] is None,
                row["place_of_model"] or 0,
                row["model"],
            ),
        )
        if len(rows) < 2:
            continue
        some = f" (the first {_MOST_ROWS} of {len(firsts)})" if len(firsts) > _MOST_ROWS else ""
        firsts = firsts[:_MOST_ROWS]
        labels = {row["model"]: row_key(i, row["model"]) for i, row in enumerate(firsts)}
        drawn = [
            _ranked(row, labels[row["model"]], context) for row in rows if row["model"] in labels
        ]
        title = f"Accuracy of the models: {attribute} on {place(dataset, split)}{some}"
        told = "; ".join(
            f"{row['model']}: {percent(row['accuracy'])} ({percent(row['ci_low'])} to "
            f"{percent(row['ci_high'])})"
            for row in firsts[:8]
        )
        caption = f"{captioned(attribute, dataset, split, table.records)}{some}"
        spec = _board(drawn, len(firsts))
        charts.append(Chart(title, f"{told}.", spec, caption=caption))
    return charts


def _place_of_model(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    """Put models that have no place, as they have seen the samples, last."""
    return (row["place_of_model"] is None, row["place_of_model"] or 0, row["model"])


def _ranked(row: Mapping[str, Any], label: str, context: Context) -> dict[str, Any]:
    mark = mark_of(row)
    is_best = row["place"] == 1
    figures = ", ".join(filter(None, (f"{100 * row['accuracy']:.1f} %", row["rule"], mark)))
    name = context.name(row["classifier"])
    made = {
        "row": label,
        "name": name,
        "n_samples": row["n_samples"],
        "accuracy": row["accuracy"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
        "best": "yes" if is_best else "no",
        "mark": mark,
    }
    if is_best:
        made["told"] = short(figures, 30)
    return made if name == row["classifier"] else made | {"whole": row["classifier"]}


def _board(rows: Sequence[Mapping[str, Any]], n_rows: int) -> dict[str, Any]:
    import altair as alt

    low, high = domain_of(rows, "ci_low", "ci_high")
    scale = alt.Scale(
        domain=[low, high],
        range=[0, {"expr": "width - right"}],
        nice=False,
        zero=False,
    )
    axis = percent_axis(decimals_of((low, high)), tickCount=5)
    label = alt.Axis(
        title=None, labelExpr=f"slice(datum.label, {KEY_DIGITS})", domain=False, ticks=False
    )
    base = alt.Chart(values(rows)).encode(y=alt.Y("row:N", sort=None, axis=label))
    best = base.transform_filter("datum.best == 'yes'")
    others = base.transform_filter("datum.best == 'no'")
    x = alt.X("accuracy:Q", scale=scale, axis=axis)
    shown = tooltip(
        name__s="classifier", whole__s="whole name", accuracy__q="accuracy",
        ci_low__q="95 % from", ci_high__q="95 % to", n_samples__n="n", mark__s="mark",
    )  # fmt: skip
    chart = alt.layer(
        others.mark_point(filled=True, size=45, opacity=0.3, fill=COLOURS[0]).encode(
            x=x, shape=_shape(), tooltip=shown
        ),
        best.mark_rule(strokeWidth=2.5, stroke=COLOURS[0]).encode(
            x=alt.X("ci_low:Q", scale=scale, axis=axis), x2=alt.X2("ci_high:Q")
        ),
        best.mark_point(filled=True, size=90, opacity=1, fill=COLOURS[0]).encode(
            x=x, shape=_shape(), tooltip=shown
        ),
        best.mark_text(align="left", fontSize=12)
        .encode(x=alt.XValue({"expr": "width - right + 10"}), text=alt.Text("told:N"))
        .properties(name=f"{WIDE}_told"),
        best.mark_text(align="left", dy=-14, fontSize=11)
        .encode(x=alt.XValue(0), text=alt.Text("told:N"))
        .properties(name=f"{NARROW}_told"),
    ).properties(height=(ROW + 6) * n_rows)
    return finished(chart.add_params(alt.param(name="right", value=_RIGHT)))
