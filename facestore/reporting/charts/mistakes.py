"""Charts of the page Mistaken for what: classes, rates of groups, ages in years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    Chart,
    Context,
    finished,
    parted,
    percent_axis,
    tooltip,
    values,
)
from facestore.reporting.charts.dots import Beside, Dots, dots_spec, under_headings
from facestore.reporting.charts.groups import caption_of
from facestore.reporting.tables import Block, Table, best_first, percent

_TICKS = 5
_HEIGHT = 280
_STEP = 5  # years of a bin of the scatter


def class_charts(table: Table, context: Context) -> list[Chart]:
    """Draw recall and precision of each class as a pair of dots."""
    blocks = best_first(table.blocks, context.shown)[0]
    return [_class_chart(block, caption_of(block, blocks, context), context) for block in blocks]


def _class_chart(block: Block, caption: str, context: Context) -> Chart:
    rows = [
        _paired(row, series, denominator, context.links.cell(block.key, row["class"], row["class"]))
        for row in block.records
        for series, denominator in (("recall", "support"), ("precision", "n_predicted"))
    ]
    told = "; ".join(
        f"{row['class']}: recall {percent(row['recall'])}, precision {percent(row['precision'])}"
        for row in block.records
    )
    spec = dots_spec(
        under_headings({"": rows}),
        Dots(
            axis=percent_axis(tickCount=_TICKS),
            shown=tooltip(
                name__s="class", series__s="of it", value__q="share", low__q="95 % from",
                high__q="95 % to", n_samples__n="n",
            ),
            series=("recall", "precision"),
        ),
    )  # fmt: skip
    return Chart(f"Precision and recall: {block.key}", f"{told}.", spec, block.key, caption)


def _paired(row: Mapping[str, Any], series: str, denominator: str, link: str) -> dict[str, Any]:
    made = {"name": row["class"], "series": series, "n_samples": row[denominator], "link": link}
    # a class that is never a label, or never predicted, has 0 by convention and no interval
    if not row[denominator]:
        return made
    ends = {"low": row[f"ci_low_{series}"], "high": row[f"ci_high_{series}"]}
    return made | {"value": row[series]} | ends


def rate_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the rates of one class in each group, as dots beside each other."""
    blocks = best_first(table.blocks, context.shown)[0]
    return [_rate_chart(block, caption_of(block, blocks, context), context) for block in blocks]


def _rate_chart(block: Block, caption: str, context: Context) -> Chart:
    rows = block.records
    named = rows[0]["class"]
    measures = ["selection rate", "true positive rate", "false positive rate"]
    parts = {
        f"by {by}": [
            {
                "name": row["group_name"],
                "series": row["measure"],
                "value": row["rate"],
                "low": row["ci_low"],
                "high": row["ci_high"],
                "n_samples": row["n_samples"],
                "link": context.links.group(block.key, by, row["group_name"]),
            }
            for row in part
        ]
        for (by,), part in parted(rows, "group_attribute").items()
    }
    spec = dots_spec(
        under_headings(parts),
        Dots(
            axis=percent_axis(tickCount=_TICKS),
            shown=tooltip(
                name__s="group", series__s="rate", value__q="of n", low__q="95 % from",
                high__q="95 % to", n_samples__n="n",
            ),
            series=measures,
        ),
    )  # fmt: skip
    told = []
    for measure in measures:
        found = [row for row in rows if row["measure"] == measure and row["rate"] is not None]
        if found:
            low, high = (end(found, key=lambda row: float(row["rate"])) for end in (min, max))
            told.append(
                f"{measure} from {percent(low['rate'])} of {low['group_name']} to "
                f"{percent(high['rate'])} of {high['group_name']}"
            )
    title = f"Rates of {named} by group: {block.key}"
    return Chart(title, f"{'; '.join(told)}.", spec, block.key, f"{caption}. Of {named}")


def age_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the mean absolute error of each group, in years."""
    charts = []
    blocks = best_first(table.blocks, context.shown)[0]
    for block in blocks:
        rows = block.records
        overall = next((row["mae"] for row in rows if row["group_attribute"] == "overall"), None)
        parts = {
            f"by {by}": [_age_row(row) for row in part]
            for (by,), part in parted(rows, "group_attribute").items()
            if by != "overall"
        }
        spec = dots_spec(
            under_headings(parts),
            Dots(
                axis=_years("mean absolute error, years"),
                shown=tooltip(
                    name__s="group", value__g="MAE, years", low__g="95 % from", high__g="95 % to",
                    n_samples__n="n",
                ),
                beside=[Beside("mae", 44, "years", is_bold=True), Beside("n", 94, "n")],
                right=96,
                everyone=overall,
            ),
        )  # fmt: skip
        told = "; ".join(f"{r['group_name']}: {r['mae']:.2f}" for r in rows if r["mae"] is not None)
        title = f"Errors of ages by group: {block.key}"
        charts.append(
            Chart(title, f"Years: {told}.", spec, block.key, caption_of(block, blocks, context))
        )
    return charts


def _age_row(row: Mapping[str, Any]) -> dict[str, Any]:
    n = row["n_samples"]
    made = {"name": row["group_name"], "n_samples": n, "n": f"{n:,}"}
    if row["mae"] is None:
        return made | {"note": "too few"}
    ends = {"low": row["ci_low_mae"], "high": row["ci_high_mae"]}
    return made | ends | {"value": row["mae"], "mae": f"{row['mae']:.1f}", "colour": COLOURS[0]}


def scatter_charts(table: Table, context: Context) -> list[Chart]:
    """Draw predicted against true age: circles of samples, and the mean with its interval."""
    import altair as alt

    charts = []
    blocks = best_first(table.blocks, context.shown)[0]
    for block in blocks:
        rows = block.records
        ages = [row[name] for row in rows for name in ("true_age", "predicted_age")]
        ends = [min(ages), max(ages) + _STEP]
        scale = alt.Scale(domain=[ends[0] - 3, ends[1] + 3], nice=False, zero=False)
        # a bin is drawn at its middle
        x = alt.X("true:Q", axis=_years("true age, years"), scale=scale)
        axis = _years("predicted age, years")
        middle = _STEP / 2
        base = alt.Chart(values(rows)).transform_calculate(
            true=f"datum.true_age + {middle}", predicted=f"datum.predicted_age + {middle}"
        )
        shown = tooltip(
            true_age__n="true age from", predicted_age__n="predicted from", n_samples__n="n"
        )
        cloud = base.mark_circle(fill=COLOURS[5], opacity=0.45).encode(
            x=x,
            y=alt.Y("predicted:Q", axis=axis, scale=scale),
            size=alt.Size("n_samples:Q", legend=None),
            tooltip=shown,
        )
        means = alt.Chart(values(_once(rows))).transform_calculate(
            true=f"datum.true_age + {middle}"
        )
        said = tooltip(
            true_age__n="true age from", n_of_age__n="n", mean_predicted__g="mean predicted",
            ci_low_mean__g="95 % from", ci_high_mean__g="95 % to",
        )  # fmt: skip
        bars = means.transform_filter("isValid(datum.ci_low_mean)").mark_rule(strokeWidth=2.5)
        dots = means.mark_point(filled=True, size=55, opacity=1, fill=COLOURS[0])
        line = alt.Chart(alt.Data(values=[{"true": end, "predicted": end} for end in ends]))
        chart = alt.layer(
            line.mark_line(stroke="currentColor", strokeDash=[4, 3], opacity=0.6).encode(
                x=x, y=alt.Y("predicted:Q", axis=axis, scale=scale)
            ),
            cloud,
            bars.encode(
                x=x, y=alt.Y("ci_low_mean:Q", axis=axis, scale=scale), y2=alt.Y2("ci_high_mean:Q"),
                stroke=alt.StrokeValue(COLOURS[0]), tooltip=said,
            ),
            dots.encode(x=x, y=alt.Y("mean_predicted:Q", axis=axis, scale=scale), tooltip=said),
        ).properties(height=_HEIGHT + 80)  # fmt: skip
        n = sum(row["n_samples"] for row in rows)
        told = f"{counted(n, 'sample')} from {ends[0]} to {ends[1]} years, in steps of {_STEP}."
        title = f"Predicted against true age: {block.key}"
        caption = caption_of(block, blocks, context)
        charts.append(Chart(title, told, finished(chart), block.key, caption))
    return charts


def _once(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return one row a true age: what is said of all its samples is the same in each."""
    return list({row["true_age"]: row for row in rows}.values())


def histogram_charts(table: Table, context: Context) -> list[Chart]:
    """Draw how many predictions miss the true age by how much."""
    import altair as alt

    charts = []
    blocks = best_first(table.blocks, context.shown)[0]
    for block in blocks:
        rows = [{**row, "error_to": row["error_from"] + 2} for row in block.records]
        chart = (
            alt.Chart(values(rows))
            .mark_bar(fill=COLOURS[0])
            .encode(
                x=alt.X("error_from:Q", bin="binned", axis=_years("predicted minus true, years")),
                x2=alt.X2("error_to:Q"),
                y=alt.Y("n_samples:Q", title="samples", axis=alt.Axis(tickCount=_TICKS)),
                tooltip=tooltip(error_from__n="from", error_to__n="to", n_samples__n="n"),
            )
            .properties(height=_HEIGHT - 60)
        )
        top = max(rows, key=lambda row: int(row["n_samples"]))
        told = (
            f"Most errors lie from {top['error_from']} to {top['error_to']} years: "
            f"{counted(top['n_samples'], 'sample')}."
        )
        caption = caption_of(block, blocks, context)
        title = f"Errors of ages: {block.key}"
        charts.append(Chart(title, told, finished(chart), block.key, caption))
    return charts


def decade_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the bias of each decade of the true age, with its interval."""
    charts = []
    blocks = best_first(table.blocks, context.shown)[0]
    for block in blocks:
        rows = [_decade_row(row) for row in block.records]
        spec = dots_spec(
            under_headings({"": rows}),
            Dots(
                axis=_years("predicted minus true, years"),
                shown=tooltip(
                    name__s="true age", value__g="bias", low__g="95 % from", high__g="95 % to",
                    n_samples__n="n",
                ),
                beside=[Beside("bias", 44, "years", is_bold=True), Beside("n", 94, "n")],
                right=96,
                everyone=0,
            ),
        )  # fmt: skip
        told = "; ".join(f"{row['name']}: {row['bias']}" for row in rows)
        caption = caption_of(block, blocks, context)
        title = f"Bias by decade: {block.key}"
        charts.append(Chart(title, f"Years: {told}.", spec, block.key, caption))
    return charts


def _decade_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": f"{row['decade']} to {row['decade'] + 9}",
        "value": row["bias"],
        "low": row["ci_low_bias"],
        "high": row["ci_high_bias"],
        "bias": f"{row['bias']:+.1f}",
        "n_samples": row["n_samples"],
        "n": f"{row['n_samples']:,}",
        "colour": COLOURS[1],
    }


def _years(title: str) -> Any:
    import altair as alt

    return alt.Axis(title=title, tickCount=_TICKS + 1, labelOverlap=True, labelSeparation=6)
