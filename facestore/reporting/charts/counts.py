"""Charts of cells, bars and points: labels, age pyramids, groups of three labels, ages, models."""

from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    HEAT,
    Chart,
    Context,
    finished,
    tooltip,
    values,
)
from facestore.reporting.tables import Table, best_first

_HEIGHT = 300


def cell_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the accuracy of each cell of age, gender and race; darker is worse."""
    import altair as alt

    charts = []
    for block in best_first(table.blocks, context.shown)[0]:
        rows = [
            {**row, "person": f"{row['gender']} {row['age']}"}
            for row in block.records
            if row["accuracy"] is not None
        ]
        if not rows:
            continue
        worst = min(row["accuracy"] for row in rows)
        base = alt.Chart(values(rows)).encode(
            x=alt.X("race:N", sort=None, title=None, axis=alt.Axis(orient="top", labelAngle=-40)),
            y=alt.Y("person:N", sort=None, title=None),
            tooltip=tooltip(
                race__s="race", gender__s="gender", age__s="age", n_samples__n="n",
                accuracy__q="accuracy", ci_low__q="95 % from", ci_high__q="95 % to",
            ),
        )  # fmt: skip
        shade = alt.Scale(domain=[worst, 1.0 if worst < 1 else 1.001], range=[0.6, 0.02])
        chart = alt.layer(
            base.mark_rect(fill=HEAT).encode(
                fillOpacity=alt.FillOpacity("accuracy:Q", scale=shade, legend=None)
            ),
            base.mark_text(dy=-6).encode(text=alt.Text("accuracy:Q", format=".2f")),
            base.mark_text(dy=7, fontSize=9, opacity=0.85).encode(
                text=alt.Text("n_samples:Q", format=",d")
            ),
        ).properties(
            height=30 * len({row["person"] for row in rows}),
            # the last of the slanted names of races leans out to the right
            padding={"left": 5, "top": 5, "right": 60, "bottom": 5},
        )
        ordered = sorted(rows, key=lambda row: float(row["accuracy"]))
        told = "; ".join(
            f"{row['accuracy']:.4f} for {row['race']} {row['person']} (n {row['n_samples']:,})"
            for row in ordered[:3]
        )
        text = f"Each cell has its accuracy and below it its n; darker is worse. Lowest: {told}."
        title = f"Accuracy by age, gender and race: {block.key}"
        charts.append(Chart(title, text, finished(chart), block.key))
    return charts


def scatter_charts(table: Table, context: Context) -> list[Chart]:
    """Draw predicted against true age; larger points are more samples."""
    import altair as alt

    charts = []
    for block in best_first(table.blocks, context.shown)[0]:
        rows = block.records
        ages = [row[name] for row in rows for name in ("true_age", "predicted_age")]
        ends = [min(ages), max(ages)]
        scale = alt.Scale(domain=[ends[0] - 3, ends[1] + 3], nice=False, zero=False)
        points = (
            alt.Chart(values(rows))
            .mark_circle(fill=COLOURS[0], opacity=0.7)
            .encode(
                x=alt.X("true_age:Q", title="true age, years", scale=scale),
                y=alt.Y("predicted_age:Q", title="predicted age, years", scale=scale),
                size=alt.Size("n_samples:Q", title="samples", legend=None),
                tooltip=tooltip(
                    true_age__n="true age from", predicted_age__n="predicted from", n_samples__n="n"
                ),
            )
        )
        line = _diagonal(ends[0], ends[1], "true_age", "predicted_age", scale, scale)
        chart = alt.layer(line, points).properties(height=_HEIGHT + 60)
        n = sum(row["n_samples"] for row in rows)
        told = (
            f"{counted(n, 'sample')} from {ends[0]} to {ends[1]} years, in steps of 5; "
            "the dashed line is where both agree."
        )
        charts.append(
            Chart(f"Predicted against true age: {block.key}", told, finished(chart), block.key)
        )
    return charts


def histogram_charts(table: Table, context: Context) -> list[Chart]:
    """Draw how many predictions miss the true age by how much."""
    import altair as alt

    charts = []
    for block in best_first(table.blocks, context.shown)[0]:
        rows = [{**row, "error_to": row["error_from"] + 2} for row in block.records]
        chart = (
            alt.Chart(values(rows))
            .mark_bar(fill=COLOURS[0])
            .encode(
                x=alt.X("error_from:Q", bin="binned", title="predicted minus true, years"),
                x2="error_to:Q",
                y=alt.Y("n_samples:Q", title="samples"),
                tooltip=tooltip(error_from__n="from", error_to__n="to", n_samples__n="n"),
            )
            .properties(height=_HEIGHT - 80)
        )
        top = max(rows, key=lambda row: int(row["n_samples"]))
        told = (
            f"Most errors lie from {top['error_from']} to {top['error_to']} years: "
            f"{counted(top['n_samples'], 'sample')}."
        )
        charts.append(Chart(f"Errors of ages: {block.key}", told, finished(chart), block.key))
    return charts


def decade_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the bias of each decade of the true age."""
    import altair as alt

    charts = []
    for block in best_first(table.blocks, context.shown)[0]:
        rows = [
            {**row, "years": f"{row['decade']} to {row['decade'] + 9}"} for row in block.records
        ]
        chart = (
            alt.Chart(values(rows))
            .mark_bar(fill=COLOURS[1])
            .encode(
                x=alt.X(
                    "years:N", sort=None, title="true age, years", axis=alt.Axis(labelAngle=-40)
                ),
                y=alt.Y("bias:Q", title="bias, years"),
                tooltip=tooltip(
                    years__s="true age", n_samples__n="n", bias__g="bias", mae__g="MAE"
                ),
            )
            .properties(height=_HEIGHT - 80)
        )  # fmt: skip
        told = "; ".join(f"{row['years']}: {row['bias']:+.2f}" for row in rows)
        title = f"Bias by decade: {block.key}"
        charts.append(Chart(title, f"Years: {told}.", finished(chart), block.key))
    return charts


def _diagonal(low: float, high: float, x: str, y: str, x_scale: Any, y_scale: Any) -> Any:
    """Draw where two figures are equal."""
    import altair as alt

    ends = alt.Data(values=[{x: low, y: low}, {x: high, y: high}])
    return (
        alt.Chart(ends)
        .mark_line(stroke="currentColor", strokeDash=[4, 3], opacity=0.6)
        .encode(x=alt.X(f"{x}:Q", scale=x_scale), y=alt.Y(f"{y}:Q", scale=y_scale))
    )
