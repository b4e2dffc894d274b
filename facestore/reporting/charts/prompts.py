"""Charts of the page of prompts: curves over k, slopes to the ensemble, wordings, reliability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.errors import counted
from facestore.reporting.charts.base import (
    COLOURS,
    DASHES,
    ROW,
    SHAPES,
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
    decimals_of,
    domain_of,
    first_panels,
    panels,
    short,
    spread,
)
from facestore.reporting.tables import Table, key_of, percent

_HEIGHT = 230
_SLOPE_HEIGHT = 300
_SLOPE_WIDTH = 330
_MOST_LINES = 12
_MOST_STRIPS = 30
_GREY = "var(--soft)"
_EVERYONE = "all faces"
_OF_BIN = ("confidence_from", "confidence", "accuracy", "ci_low", "ci_high", "n_samples")
# What tells panels of reliability apart, where it does.
_WAY = ("encoder", "prompt_set", "aggregation")
_STEPS = ("one prompt", "ensemble")


def sweep_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the accuracy over k, a panel a model, one chart a data set, split and attribute."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        several = {row["model"] for row in rows if row["prompt_set"] != rows[0]["prompt_set"]}
        drawn = [_point(row, bool(several), context) for row in rows]
        names, rest = first_panels(list(dict.fromkeys(row["panel"] for row in drawn)))
        drawn = [row for row in drawn if row["panel"] in names]
        dataset, split, attribute = key
        title = f"Accuracy over k: {attribute} on {place(dataset, split)}{rest}"
        told = "; ".join(_range(name, drawn) for name in names)
        spec = panels(_curves(drawn), "panel", names)
        charts.append(
            Chart(
                title,
                f"{told}.",
                spec,
                caption=f"{captioned(attribute, dataset, split, table.records)}{rest}",
            )
        )
    return charts


def _point(row: Mapping[str, Any], several: bool, context: Context) -> dict[str, Any]:
    is_overall = row["group_attribute"] == "overall"
    name = row["group_name"]
    link = ""
    if row["classifier"] is not None and not is_overall:
        link = context.links.group(key_of(row), row["group_attribute"], name)
    kept = ("k", "n_samples", "accuracy", "ci_low", "ci_high", "prompt_set", "source")
    return {
        **{field: row[field] for field in kept},
        "panel": short(f"{row['model']}, {row['prompt_set']}" if several else row["model"], 40),
        "line": _EVERYONE if is_overall else f"{row['group_attribute']} {short(name)}",
        "link": link,
    }


def _range(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    found = [row["accuracy"] for row in rows if row["panel"] == name and row["line"] == _EVERYONE]
    ks = [row["k"] for row in rows if row["panel"] == name]
    if not found:
        return f"{name}: of a group alone"
    return (
        f"{name}: {percent(min(found))} to {percent(max(found))} for k from {min(ks)} to {max(ks)}"
    )


def _curves(rows: Sequence[Mapping[str, Any]]) -> Any:
    import altair as alt

    lines = list(dict.fromkeys(row["line"] for row in rows))
    x = alt.X(
        "k:Q",
        title="k, prompts of a class that count",
        axis=alt.Axis(tickMinStep=1, tickCount=5, grid=False),
        scale=alt.Scale(nice=False, zero=False, padding=8),
    )
    scale = alt.Scale(domain=domain_of(rows, "ci_low", "ci_high"), nice=False, zero=False)
    y = alt.Y("accuracy:Q", axis=percent_axis(tickCount=6), scale=scale)
    low = alt.Y("ci_low:Q", axis=percent_axis(tickCount=6), scale=scale)
    colour = alt.Color("line:N", scale=told_apart(lines, COLOURS), sort=None)
    shown = tooltip(
        line__s="of", k__n="k", n_samples__n="n", accuracy__q="accuracy", ci_low__q="95 % from",
        ci_high__q="95 % to", prompt_set__s="prompt set", source__s="from",
    )  # fmt: skip
    base = alt.Chart(values(rows)).encode(x=x, color=colour)
    return alt.layer(
        base.mark_area(opacity=0.16).encode(y=low, y2=alt.Y2("ci_high:Q")),
        base.mark_line(strokeWidth=1.8).encode(
            y=y, strokeDash=alt.StrokeDash("line:N", scale=told_apart(lines, DASHES), sort=None)
        ),
        base.mark_point(size=34, filled=True, opacity=1).encode(
            y=y,
            tooltip=shown,
            href=alt.Href("link:N"),
            shape=alt.Shape("line:N", scale=told_apart(lines, SHAPES), sort=None),
        ),
    ).properties(height=_HEIGHT)


def slope_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw from one prompt to the ensemble, a line a group, a panel a model."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        names, rest = first_panels(list(dict.fromkeys(row["model"] for row in rows)))
        kept = [
            row
            for (model,), part in parted(rows, "model").items()
            if model in names
            for row in _first_lines(part)
        ]
        title = f"From one prompt to the ensemble: {attribute} on {place(dataset, split)}{rest}"
        told = "; ".join(
            f"{row['model']}: {percent(row['accuracy_single'])} with one prompt, "
            f"{percent(row['accuracy_ensemble'])} with the ensemble"
            for row in rows
            if row["group_attribute"] == "overall"
        )
        caption = f"{captioned(attribute, dataset, split, table.records)}{rest}"
        spec = panels(_slopes(kept), "model", names, _SLOPE_WIDTH)
        charts.append(Chart(title, f"{told}.", spec, caption=caption))
    return charts


def _first_lines(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Keep all faces and the groups that are worst with one prompt."""
    groups = sorted(
        (row for row in rows if row["group_attribute"] != "overall"),
        key=lambda row: float(row["accuracy_single"]),
    )
    everyone = [row for row in rows if row["group_attribute"] == "overall"]
    return [*everyone, *groups[: _MOST_LINES - 1]]


def _slopes(rows: Sequence[Mapping[str, Any]]) -> Any:
    import altair as alt

    domain = domain_of(rows, "accuracy_single", "accuracy_ensemble")
    ends = []
    for part in parted(rows, "model").values():
        places = spread(part, "accuracy_ensemble", domain, _SLOPE_HEIGHT)
        for row, label_place in zip(part, places, strict=True):
            is_overall = row["group_attribute"] == "overall"
            name = _EVERYONE if is_overall else short(row["group_name"], 16)
            about = {
                "model": row["model"],
                "line": row["group_name"],
                "kind": "all" if is_overall else row["verdict"],
                "n_samples": row["n_samples"],
                "difference": f"{100 * row['difference']:+.1f} points "
                f"({100 * row['ci_low']:+.1f} to {100 * row['ci_high']:+.1f})",
                "label": f"{name} {100 * row['difference']:+.1f}",
                "label_place": label_place,
            }
            for step, field in zip(_STEPS, ("accuracy_single", "accuracy_ensemble"), strict=True):
                ends.append({**about, "step": step, "accuracy": row[field]})
    scale = alt.Scale(domain=domain, nice=False, zero=False, clamp=False)
    axis = percent_axis(tickCount=6)
    x = alt.X(
        "step:N",
        sort=list(_STEPS),
        title=None,
        axis=alt.Axis(labelAngle=0),
        # room for the labels at the right
        scale=alt.Scale(padding=0.55),
    )
    colour = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(
            domain=["all", "better", "worse", "may be chance"],
            range=["currentColor", COLOURS[0], COLOURS[1], _GREY],
        ),
    )
    shown = tooltip(
        line__s="of", step__s="with", accuracy__q="accuracy", n_samples__n="n",
        difference__s="ensemble minus one",
    )  # fmt: skip
    base = alt.Chart(values(ends)).encode(x=x, color=colour, detail=alt.Detail("line:N"))
    y = alt.Y("accuracy:Q", axis=axis, scale=scale)
    is_end = f"datum.step == '{_STEPS[1]}'"
    return alt.layer(
        base.mark_line().encode(
            y=y,
            strokeWidth=alt.condition("datum.kind == 'all'", alt.value(3), alt.value(1.6)),
            opacity=alt.condition("datum.kind == 'may be chance'", alt.value(0.6), alt.value(1)),
        ),
        base.mark_point(filled=True, size=40, opacity=1).encode(y=y, tooltip=shown),
        base.transform_filter(is_end)
        .mark_text(align="left", dx=10, fontSize=11)
        .encode(
            y=alt.Y("label_place:Q", axis=axis, scale=scale),
            text=alt.Text("label:N"),
        ),
    ).properties(height=_SLOPE_HEIGHT)


def wording_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw the wordings of each set as a strip of dots, with the ensemble as a line."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        named = [{**row, "sweep": f"{row['encoder']}, {row['prompt_set']}"} for row in rows]
        sweeps = list(dict.fromkeys(row["sweep"] for row in named))
        rest = f" (the first {_MOST_STRIPS} of {len(sweeps)})" if len(sweeps) > _MOST_STRIPS else ""
        sweeps = sweeps[:_MOST_STRIPS]
        strips = {name: f"{i:02d}{short(name, 44)}" for i, name in enumerate(sweeps)}
        named = [{**row, "strip": strips[row["sweep"]]} for row in named if row["sweep"] in strips]
        title = f"Wordings of prompt sets: {attribute} on {place(dataset, split)}{rest}"
        told = "; ".join(_told(sweep, named) for sweep in sweeps)
        spec = _strips(named, len(sweeps))
        charts.append(
            Chart(
                title,
                f"{told}.",
                spec,
                caption=f"{captioned(attribute, dataset, split, table.records)}{rest}",
            )
        )
    return charts


def _told(sweep: str, rows: Sequence[Mapping[str, Any]]) -> str:
    mine = [row for row in rows if row["sweep"] == sweep]
    low, high = (end(float(row["accuracy"]) for row in mine) for end in (min, max))
    ensemble = percent(mine[0]["ensemble_accuracy"])
    n_wordings = counted(len(mine), "wording")
    return f"{sweep}: {n_wordings} from {percent(low)} to {percent(high)}, ensemble {ensemble}"


def _strips(rows: Sequence[Mapping[str, Any]], n_strips: int) -> dict[str, Any]:
    import altair as alt

    domain = domain_of(rows, "accuracy", "ensemble_accuracy")
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    axis = percent_axis(decimals_of(domain), tickCount=5)
    label = alt.Axis(title=None, labelExpr="slice(datum.label, 2)", domain=False, ticks=False)
    base = alt.Chart(values(rows)).encode(y=alt.Y("strip:N", sort=None, axis=label))
    shown = tooltip(
        wording__s="wording", n_samples__n="n", accuracy__q="accuracy", ci_low__q="95 % from",
        ci_high__q="95 % to", ensemble_accuracy__q="ensemble",
    )  # fmt: skip
    chart = alt.layer(
        base.mark_tick(thickness=2.5, size=ROW, stroke=COLOURS[1]).encode(
            x=alt.X("ensemble_accuracy:Q", scale=scale, axis=axis), tooltip=shown
        ),
        base.mark_point(filled=True, size=60, opacity=0.55, fill=COLOURS[0]).encode(
            x=alt.X("accuracy:Q", scale=scale, axis=axis), tooltip=shown
        ),
    ).properties(height=(ROW + 8) * n_strips)
    return finished(chart)


def reliability_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw accuracy over confidence, a panel a set and way to pool."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        told_by = [name for name in _WAY if len({row[name] for row in rows}) > 1] or _WAY[:1]
        drawn = [
            {name: row[name] for name in _OF_BIN}
            | {"panel": ", ".join(row[name].replace("_", " ") for name in told_by)}
            for row in rows
        ]
        names, rest = first_panels(list(dict.fromkeys(row["panel"] for row in drawn)))
        drawn = [row for row in drawn if row["panel"] in names]
        title = f"Accuracy over confidence: {attribute} on {place(dataset, split)}{rest}"
        ways = counted(len(names), "way")
        told = f"{ways} to predict; the dashed line is where confidence is right."
        spec = panels(_reliability(drawn), "panel", names)
        charts.append(
            Chart(
                title,
                told,
                spec,
                caption=f"{captioned(attribute, dataset, split, table.records)}{rest}",
            )
        )
    return charts


def _reliability(rows: Sequence[Mapping[str, Any]]) -> Any:
    import altair as alt

    scale = alt.Scale(domain=[0, 1], nice=False)
    low = min(row["confidence_from"] for row in rows)
    x = alt.X(
        "confidence:Q",
        title="confidence",
        axis=percent_axis(title="confidence", tickCount=4),
        scale=alt.Scale(domain=[low, 1], nice=False, zero=False),
    )
    axis = percent_axis(title="right", tickCount=5)
    shown = tooltip(
        confidence__q="mean confidence", accuracy__q="right", n_samples__n="n",
        ci_low__q="95 % from", ci_high__q="95 % to",
    )  # fmt: skip
    base = alt.Chart(values(rows)).encode(x=x)
    diagonal = base.mark_line(strokeDash=[4, 3], stroke="currentColor", opacity=0.6).encode(
        y=alt.Y("confidence:Q", axis=axis, scale=scale)
    )
    return alt.layer(
        diagonal,
        base.mark_rule(strokeWidth=2, stroke=COLOURS[0], opacity=0.6).encode(
            y=alt.Y("ci_low:Q", axis=axis, scale=scale), y2=alt.Y2("ci_high:Q")
        ),
        base.mark_point(filled=True, opacity=1, fill=COLOURS[0]).encode(
            y=alt.Y("accuracy:Q", axis=axis, scale=scale),
            size=alt.Size("n_samples:Q", legend=None, scale=alt.Scale(range=[20, 160])),
            tooltip=shown,
        ),
    ).properties(height=_HEIGHT - 40)
