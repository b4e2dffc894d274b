"""Charts of models beside others: on several data sets, and against figures that were published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    HEAT,
    ROW,
    SHAPES,
    Chart,
    Context,
    finished,
    parted,
    percent_axis,
    place,
    told_apart,
    tooltip,
    values,
)
from facestore.reporting.charts.panels import KEY_DIGITS, decimals_of, domain_of, row_key, short
from facestore.reporting.tables import Table, percent

_MOST_ROWS = 40
_MOST_COLUMNS = 12
_MOST_FIGURES = 60


def dataset_charts(table: Table, context: Context) -> list[Chart]:
    """Draw models by data sets, darker for more errors, with the mean in a column of its own."""
    charts = []
    for (attribute,), rows in parted(table.records, "attribute").items():
        models = list(dict.fromkeys(row["model"] for row in rows))
        parts = sorted({place(row["dataset"], row["split"]) for row in rows})
        some = f" (the first {_MOST_ROWS} of {len(models)})" if len(models) > _MOST_ROWS else ""
        models, parts = models[:_MOST_ROWS], parts[:_MOST_COLUMNS]
        cells = _cells([row for row in rows if row["model"] in models], models, parts, context)
        told = "; ".join(
            f"{row['model']}: {percent(row['mean_accuracy'])} over {row['n_parts']}"
            for (model,), part in parted(rows, "model").items()
            if model in models[:8]
            for row in part[:1]
        )
        title = f"Accuracy by model and data set: {attribute}{some}"
        caption = f"{attribute.capitalize()}{some}"
        charts.append(Chart(title, f"Means: {told}.", _heat(cells, len(models)), caption=caption))
    return charts


def _cells(
    rows: Sequence[Mapping[str, Any]], models: Sequence[str], parts: Sequence[str], context: Context
) -> list[dict[str, Any]]:
    made = []
    have_mean: set[str] = set()
    for row in rows:
        about = {
            "row": row_key(models.index(row["model"]), row["model"]),
            "name": context.name(row["classifier"]),
        }
        part = place(row["dataset"], row["split"])
        if part in parts:
            seen = "*" if row["seen"] else ""
            cell = {
                "column": f"{parts.index(part) + 1:0{KEY_DIGITS}d}{short(part, 20)}",
                "part": part,
                "accuracy": row["accuracy"],
                "n_samples": row["n_samples"],
                "mark": row["seen"] or "none",
                "text": f"{100 * row['accuracy']:.1f}{seen}",
            }
            made.append(about | cell)
        if about["row"] not in have_mean:
            have_mean.add(about["row"])
            mean = {
                "column": "0000mean",
                "part": f"mean over {row['n_parts']} of {row['n_all_parts']}",
                "accuracy": row["mean_accuracy"],
                "mark": "none",
                "text": f"{100 * row['mean_accuracy']:.1f} ({row['n_parts']})",
            }
            made.append(about | mean)
    return made


def _heat(cells: Sequence[Mapping[str, Any]], n_rows: int) -> dict[str, Any]:
    import altair as alt

    label = {"labelExpr": f"slice(datum.label, {KEY_DIGITS})", "domain": False, "ticks": False}
    lowest = min(row["accuracy"] for row in cells)
    highest = max(row["accuracy"] for row in cells)
    highest = highest if highest > lowest else lowest + 0.01
    shade = alt.Scale(domain=[lowest, highest], range=[0.5, 0.04])
    across = alt.Axis(orient="top", labelAngle=0, labelLimit=110, **label)
    base = alt.Chart(values(cells)).encode(
        x=alt.X("column:N", title=None, axis=across),
        y=alt.Y("row:N", sort=None, title=None, axis=alt.Axis(**label)),
        tooltip=tooltip(
            name__s="classifier", part__s="on", n_samples__n="n", accuracy__q="accuracy",
            mark__s="mark",
        ),
    )  # fmt: skip
    chart = alt.layer(
        base.mark_rect(fill=HEAT).encode(
            fillOpacity=alt.FillOpacity("accuracy:Q", scale=shade, legend=None)
        ),
        base.mark_text(fontSize=12).encode(
            text=alt.Text("text:N"),
        ),
    ).properties(height=(ROW + 6) * n_rows)
    return finished(chart)


def published_charts(table: Table, context: Context) -> list[Chart]:
    """Draw published and measured figures as the two ends of a bar, one chart a source."""
    charts = []
    for (source,), rows in parted(table.records, "source").items():
        met = sorted(
            (row for row in rows if row["measured"] is not None),
            key=lambda row: -abs(row["difference"]),
        )
        if not met:
            continue
        some = f" (the first {_MOST_FIGURES} of {len(met)})" if len(met) > _MOST_FIGURES else ""
        drawn = [_dumbbell(i, row, context) for i, row in enumerate(met[:_MOST_FIGURES])]
        far = met[0]
        told = (
            f"{counted(len(met), 'figure')}. They differ most in {far['metric']} of "
            f"{far['group_name'] or far['group_attribute']}: published "
            f"{percent(far['published'])}, measured {percent(far['measured'])}."
        )
        title = f"Published against measured: {source}{some}"
        charts.append(Chart(title, told, _dumbbells(drawn), caption=f"{source}{some}"))
    return charts


def _dumbbell(i: int, row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    group = row["group_name"] if row["group_attribute"] != "overall" else ""
    metric = row["metric"].replace("_", " ")
    words = ", ".join(filter(None, (context.name(row["classifier"]), metric, group)))
    # what tells the rows apart stands last, and a long name must not cut it off
    what = group if group and metric == "accuracy" else ", ".join(filter(None, (metric, group)))
    name = short(context.name(row["classifier"]), max(12, 38 - len(what)))
    return {
        "row": f"{i:0{KEY_DIGITS}d}{short(f'{name}, {what}', 40)}",
        "words": words,
        "classifier": row["classifier"],
        "published": row["published"],
        "measured": row["measured"],
        "ci_low": row["ci_low"],
        "ci_high": row["ci_high"],
        "n_samples": row["n_samples"],
        "inside": {True: "yes", False: "no", None: "no interval"}[row["is_inside"]],
    }


def _dumbbells(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    import altair as alt

    ends = [
        {**row, "kind": kind, "figure": row[kind]}
        for row in rows
        for kind in ("published", "measured")
    ]
    domain = domain_of(rows, "published", "measured", "ci_low", "ci_high")
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    axis = percent_axis(decimals_of(domain), tickCount=5)
    label = alt.Axis(
        title=None, labelExpr=f"slice(datum.label, {KEY_DIGITS})", domain=False, ticks=False
    )
    y = alt.Y("row:N", sort=None, axis=label)
    shown = tooltip(
        words__s="of", classifier__s="classifier", published__q="published", measured__q="measured",
        ci_low__q="95 % from", ci_high__q="95 % to", n_samples__n="n", inside__s="inside",
    )  # fmt: skip
    base = alt.Chart(values(rows)).encode(y=y)
    kinds = ["published", "measured"]
    chart = alt.layer(
        base.mark_rule(strokeWidth=6, opacity=0.2, stroke=COLOURS[0]).encode(
            x=alt.X("ci_low:Q", scale=scale, axis=axis), x2=alt.X2("ci_high:Q")
        ),
        base.mark_rule(strokeWidth=2, opacity=0.7, stroke="currentColor").encode(
            x=alt.X("published:Q", scale=scale, axis=axis), x2=alt.X2("measured:Q")
        ),
        alt.Chart(values(ends))
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x=alt.X("figure:Q", scale=scale, axis=axis),
            y=y,
            color=alt.Color("kind:N", sort=None, scale=told_apart(kinds, COLOURS[::-1][-2:])),
            shape=alt.Shape("kind:N", sort=None, scale=told_apart(kinds, SHAPES)),
            tooltip=shown,
        ),
    ).properties(height=ROW * len(rows))
    return finished(chart)
