"""Charts of the board: tasks by models, kinds of tasks by models, mean ranks, and sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    HEAT,
    ROW,
    Chart,
    Context,
    finished,
    name_axis,
    parted,
    percent_axis,
    tooltip,
    values,
)
from facestore.reporting.charts.panels import KEY_DIGITS, row_key, short
from facestore.reporting.tables import Table, percent

_MOST_TASKS = 60
_MOST_MODELS = 24
# So many columns leave room for a number in each cell.
_MOST_WITH_NUMBERS = 14
# Pixels that names of tasks and a column take; a narrower page scrolls sideways.
_LABELS, _COLUMN = 220, 40
_WORSE = "var(--worse)"
_SIZES_HEIGHT = 300
# To the right of the dots stand their names, so many pixels wide.
_NAMES = 150


def board_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw tasks by models, darker for higher figures, or as differences to a model of choice."""

    def task(row: Mapping[str, Any]) -> tuple[str, str]:
        told = [row["dataset"], *filter(None, (row["split"],))]
        if row["attribute"] not in (row["dataset"], row["dataset"].rpartition("/")[2]):
            told.append(row["attribute"])
        return row["kind"], ", ".join(told)

    rows = [dict(row, row_name=task(row)) for row in table.records]
    return _heat_charts(rows, "task", _MOST_TASKS, lambda row: row["row_name"][1])


def kind_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw means by kind, kinds by models, and the mean ranks over all tasks."""
    rows = [
        dict(row, value=row["mean_shared"], row_name=(row["kind"] != "all", row["kind"]))
        for row in table.records
    ]

    def name(row: Mapping[str, Any]) -> str:
        kind = "all kinds" if row["kind"] == "all" else row["kind"]
        return f"{kind} ({counted(row['n_shared'], 'task')})"

    ranked = [row for row in rows if row["kind"] == "all" and row["mean_rank"] is not None]
    charts = _heat_charts(rows, "kind", _MOST_TASKS, name)
    return charts + ([_rank_chart(ranked)] if ranked else [])


def _heat_charts(
    rows: Sequence[Mapping[str, Any]],
    what: str,
    most_rows: int,
    name: Callable[[Mapping[str, Any]], str],
) -> list[Chart]:
    models = list(dict.fromkeys(row["model"] for row in rows))
    names = {row["row_name"]: name(row) for row in rows}
    keys = sorted(names)
    if len(models) < 2 or not keys:
        return []
    rest = _left_out((len(models), _MOST_MODELS, "model"), (len(keys), most_rows, what))
    models, keys = models[:_MOST_MODELS], keys[:most_rows]
    has_both = len({row.get("origin") for row in rows}) > 1
    cells = [
        {
            "column": row_key(models.index(row["model"]), row["model"], 30),
            "model": row["model"],
            "row": row_key(keys.index(row["row_name"]), names[row["row_name"]]),
            what: names[row["row_name"]],
            "value": row["value"],
            "ci_low": row["ci_low"],
            "ci_high": row["ci_high"],
            "n_samples": row.get("n_samples"),
            "origin": row.get("origin") or "mean",
            "is_measured": "yes" if has_both and row["origin"] == "measured" else "no",
        }
        for row in rows
        if row["model"] in models and row["row_name"] in keys
    ]
    metric = rows[0]["metric"].replace("_", " ")
    told = f"{metric}, {counted(len(models), 'model')} by {counted(len(keys), what)}{rest}"
    outlined = "; outlined: measured here, the others as published" if has_both else ""
    best = max(cells, key=lambda cell: float(cell["value"]))
    spoken = f"The highest is {percent(best['value'])}, {best['model']} on {best[what]}."
    spec = _heat(cells, what, len(keys), len(models))
    caption = f"{told[0].upper()}{told[1:]}{outlined}"
    return [
        Chart(
            f"Board: {told}",
            spoken,
            spec | {"usermeta": {"choose": models, "least": _LABELS + _COLUMN * len(models)}},
            caption=caption,
        )
    ]


def _left_out(*counts: tuple[int, int, str]) -> str:
    told = [f"the first {most} of {counted(n, noun)}" for n, most, noun in counts if n > most]
    return f" ({', '.join(told)})" if told else ""


def _heat(
    cells: Sequence[Mapping[str, Any]], what: str, n_rows: int, n_columns: int
) -> dict[str, Any]:
    import altair as alt

    label = {"labelExpr": f"slice(datum.label, {KEY_DIGITS})", "domain": False, "ticks": False}
    across = alt.Axis(orient="top", labelAngle=-55, labelLimit=190, labelAlign="left", **label)
    low, high = (end(float(cell["value"]) for cell in cells) for end in (min, max))
    high = high if high > low else low + 0.01
    base = (
        alt.Chart(values(cells))
        .transform_calculate(of_chosen="datum.model == chosen ? datum.value : null")
        .transform_joinaggregate(compared="max(of_chosen)", groupby=["row"])
        .transform_calculate(
            difference="isValid(datum.compared) ? datum.value - datum.compared : null",
            far="abs(datum.difference)",
            side="datum.difference < 0 ? 'below' : 'above'",
            told="chosen == '' ? format(100 * datum.value, '.1f') : "
            "isValid(datum.difference) ? format(100 * datum.difference, '+.1f') : ''",
        )
        .encode(
            x=alt.X("column:N", title=None, axis=across),
            y=alt.Y(
                "row:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABELS - 10, **label)
            ),
            tooltip=[
                *tooltip(**{"model__s": "model", f"{what}__s": what, "value__q": "figure"}),
                *tooltip(ci_low__q="95 % from", ci_high__q="95 % to", n_samples__n="n"),
                *tooltip(origin__s="origin", difference__q="difference"),
            ],
        )
    )
    shade = alt.Scale(domain=[low, high], range=[0.04, 0.6])
    stroke = alt.condition("datum.is_measured == 'yes'", alt.value(1.2), alt.value(0))
    absolute = base.transform_filter("chosen == ''").mark_rect(fill=HEAT, stroke="currentColor")
    apart = base.transform_filter("chosen != '' && isValid(datum.difference)").mark_rect()
    sides = alt.Scale(domain=["below", "above"], range=[_WORSE, COLOURS[0]])
    layers = [
        absolute.encode(
            fillOpacity=alt.FillOpacity("value:Q", scale=shade, legend=None), strokeWidth=stroke
        ),
        apart.encode(
            fill=alt.Fill("side:N", scale=sides, legend=None),
            fillOpacity=alt.FillOpacity(
                "far:Q", scale=alt.Scale(domain=[0, high - low], range=[0.03, 0.8]), legend=None
            ),
        ),
    ]
    if n_columns <= _MOST_WITH_NUMBERS:
        numbers = base.mark_text(fontSize=11).encode(text=alt.Text("told:N"))
        layers.append(numbers)
    chart = alt.layer(*layers).resolve_scale(fillOpacity="independent", fill="independent")
    chart = chart.properties(height=ROW * n_rows).add_params(alt.param(name="chosen", value=""))
    return finished(chart)


def _rank_chart(rows: Sequence[Mapping[str, Any]]) -> Chart:
    import altair as alt

    n_models, n_tasks = rows[0]["n_models"], rows[0]["n_shared"]
    shown = [
        {
            "label": row["model"],
            "mean_rank": row["mean_rank"],
            "rank_best": row["rank_best"],
            "rank_worst": row["rank_worst"],
            "may": f"{row['rank_best']} to {row['rank_worst']}",
        }
        for (_,), part in parted(rows, "model").items()
        for row in part[:_MOST_MODELS]
    ][:_MOST_MODELS]
    scale = alt.Scale(domain=[1, max(2, n_models)], nice=False)
    axis = alt.Axis(title="rank", tickMinStep=1, format="d")
    base = alt.Chart(values(shown)).encode(
        y=name_axis("label"),
        tooltip=tooltip(label__s="model", mean_rank__g="mean rank", may__s="may stand at"),
    )
    chart = alt.layer(
        base.mark_rule(strokeWidth=1.5, opacity=0.6, stroke="currentColor").encode(
            x=alt.X("rank_best:Q", scale=scale, axis=axis), x2=alt.X2("rank_worst:Q")
        ),
        base.mark_point(filled=True, size=60, fill=COLOURS[0], opacity=1).encode(
            x=alt.X("mean_rank:Q", scale=scale, axis=axis)
        ),
    ).properties(height=ROW * len(shown))
    told = f"Mean rank of {counted(n_models, 'model')} over {counted(n_tasks, 'task')}"
    first = shown[0]
    spoken = f"{first['label']} has {first['mean_rank']:.1f} and may stand at {first['may']}."
    caption = f"{told}; bars: where each may stand, all pairs at one level of 95 %"
    return Chart(told, spoken, finished(chart), caption=caption)


def size_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw the mean figure by the number of parameters, and by what a picture costs."""
    drawn = []
    for field, scale, by, unit in (
        ("n_parameters", 1e-6, "parameters", "million parameters"),
        ("gflops", 1.0, "operations for a picture", "GFLOPs"),
    ):
        rows = [row for row in table.records if row[field]]
        if len({row[field] for row in rows}) < 2:
            continue
        points = [
            dict(
                row,
                size=row[field] * scale,
                # of a path or a name of a hub the end tells models apart
                label=short(row["model"].rpartition("/")[2], 24),
                front="yes" if row[f"is_best_of_{field.removeprefix('n_')}"] else "no",
            )
            for row in rows
        ]
        best = max(points, key=lambda row: float(row["mean_shared"]))
        metric = best["metric"].replace("_", " ")
        told = (
            f"{metric} of {counted(len(rows), 'model')} over {counted(best['n_shared'], 'task')}, "
            f"by {by}"
        )
        spoken = (
            f"The highest mean is {percent(best['mean_shared'])}, of {best['model']} with "
            f"{best['size']:,.4g} {unit}."
        )
        caption = f"{told[0].upper()}{told[1:]}"
        drawn.append(
            Chart(f"Size against the mean: {told}", spoken, _sizes(points, unit), caption=caption)
        )
    return drawn


def _sizes(points: Sequence[Mapping[str, Any]], unit: str) -> dict[str, Any]:
    import altair as alt

    scale = alt.Scale(type="log", nice=False, range=[12, {"expr": f"width - {_NAMES}"}])
    base = alt.Chart(values(points)).encode(
        x=alt.X("size:Q", scale=scale, title=f"{unit}, logarithmic"),
        y=alt.Y("mean_shared:Q", axis=percent_axis(title="mean"), scale=alt.Scale(zero=False)),
    )
    front = base.transform_filter("datum.front == 'yes'")
    shown = tooltip(
        model__s="model", mean_shared__q="mean", ci_low__q="95 % from", ci_high__q="95 % to",
        n_parameters__n="parameters", gflops__g="GFLOPs a picture", n_shared__n="tasks",
    )  # fmt: skip
    layers = alt.layer(
        front.mark_line(stroke="currentColor", strokeDash=[4, 3], opacity=0.7),
        base.mark_point(filled=True, size=70, fill=COLOURS[0], opacity=1).encode(tooltip=shown),
        front.mark_text(align="left", dx=8, dy=-6, fontSize=11).encode(text=alt.Text("label:N")),
    )
    return finished(layers.properties(height=_SIZES_HEIGHT))
