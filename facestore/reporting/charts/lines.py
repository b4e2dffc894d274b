"""Charts of lines: accuracy over k, and curves of training."""

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.reporting.charts.base import (
    COLOURS,
    DASHES,
    SHAPES,
    Chart,
    Context,
    finished,
    parted,
    place,
    told_apart,
    tooltip,
    values,
)
from facestore.reporting.tables import Table

_HEIGHT = 280
# what is no curve of how good a classifier is
_NO_CURVES = ("l2", "n_iterations")


def sweep_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw the accuracy over k, one chart a data set, split and attribute."""
    return [
        _sweep_chart(
            [{**row, "line": f"{row['encoder']}, {row['prompt_set']}"} for row in rows],
            f"{attribute} on {place(dataset, split)}",
        )
        for (dataset, split, attribute), rows in parted(
            table.records, "dataset", "split", "attribute"
        ).items()
        # a sweep with one k is a number and needs no line
        if len({row["k"] for row in rows}) > 1
    ]


def _sweep_chart(rows: Sequence[Mapping[str, Any]], title: str) -> Chart:
    import altair as alt

    lines = list(dict.fromkeys(row["line"] for row in rows))
    colour = alt.Color("line:N", scale=told_apart(lines, COLOURS))
    k_max = max(row["k"] for row in rows)
    x = alt.X(
        "k:Q",
        title="k, prompts of a class that count",
        axis=alt.Axis(tickMinStep=1),
        scale=alt.Scale(domain=[0.5, k_max + 0.5], nice=False, zero=False),
    )
    axis = alt.Axis(titlePadding=14)
    y = alt.Y("accuracy:Q", title="accuracy", axis=axis, scale=alt.Scale(zero=False))
    low, high = alt.Y("ci_low:Q", title="accuracy", axis=axis), "ci_high:Q"
    shown = tooltip(
        line__s="of", k__n="k", n_samples__n="n", accuracy__q="accuracy",
        ci_low__q="95 % from", ci_high__q="95 % to",
    )  # fmt: skip
    base = alt.Chart(values(rows))
    band = base.mark_area(opacity=0.16).encode(x=x, y=low, y2=high, color=colour)
    # an area has no width where a prompt set has one k
    single = base.transform_joinaggregate(n="count()", groupby=["line"]).transform_filter(
        "datum.n == 1"
    )
    bar = single.mark_rule(opacity=0.5).encode(x=x, y=low, y2=high, color=colour)
    line = base.mark_line(strokeWidth=1.8).encode(
        x=x, y=y, color=colour, strokeDash=alt.StrokeDash("line:N", scale=told_apart(lines, DASHES))
    )
    point = base.mark_point(size=34, filled=True, opacity=1).encode(
        x=x, y=y, color=colour, tooltip=shown,
        shape=alt.Shape("line:N", scale=told_apart(lines, SHAPES)),
    )  # fmt: skip
    chart = alt.layer(band, bar, line, point).properties(height=_HEIGHT)
    tops = [
        max((row for row in rows if row["line"] == name), key=lambda row: float(row["accuracy"]))
        for name in lines
    ]
    told = "; ".join(
        f"{top['line']}: highest {top['accuracy']:.4f} at k {top['k']}" for top in tops
    )
    return Chart(f"Accuracy over k: {title}", f"{told}. The table has every k.", finished(chart))


def epoch_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw each figure of a classifier by epoch, one line a part of the data."""
    return _training_charts(table, "epoch")


def penalty_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw each figure of a linear probe by step of the search for its penalty."""
    return _training_charts(table, "step of the search")


def _training_charts(table: Table, step: str) -> list[Chart]:
    import altair as alt

    charts = []
    rows_of = parted(table.records, "attribute", "classifier", "metric").items()
    for (attribute, classifier, metric), rows in rows_of:
        if metric in _NO_CURVES or len({row["step"] for row in rows}) < 2:
            continue
        parts = list(dict.fromkeys(row["part"] for row in rows))
        shown = tooltip(part__s="part", step__n=step, value__g=metric.replace("_", " "))
        colour = alt.Color("part:N", scale=told_apart(parts, COLOURS))
        wide = alt.Scale(zero=False)
        base = alt.Chart(values(rows)).encode(
            x=alt.X("step:Q", title=step, axis=alt.Axis(tickMinStep=1), scale=wide),
            y=alt.Y("value:Q", title=metric.replace("_", " "), scale=wide),
            color=colour,
        )  # fmt: skip
        chart = alt.layer(
            base.mark_line().encode(
                strokeDash=alt.StrokeDash("part:N", scale=told_apart(parts, DASHES))
            ),
            base.mark_point(filled=True, size=50, opacity=1).encode(
                shape=alt.Shape("part:N", scale=told_apart(parts, SHAPES)), tooltip=shown
            ),
        ).properties(height=_HEIGHT - 80)
        told = "; ".join(_ends(part, [r for r in rows if r["part"] == part]) for part in parts)
        title = f"{metric.replace('_', ' ')} of {attribute} by {classifier}"
        charts.append(Chart(title, f"{told}.", finished(chart)))
    return charts


def _ends(part: str, rows: Sequence[Mapping[str, Any]]) -> str:
    first, last = rows[0], rows[-1]
    return (
        f"{part}: {first['value']:.4g} at step {first['step']}, "
        f"{last['value']:.4g} at step {last['step']}"
    )
