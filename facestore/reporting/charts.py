"""Charts as static inline SVG: drawn here, so that the page needs no script and no network.

Colours are CSS variables and `currentColor`, which the style sheet sets for light, dark and print.
Lines differ in dash and shape too, so that they are told apart without colour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from facestore.reporting.tables import Block, Table

if TYPE_CHECKING:
    import altair

# Okabe and Ito's palette, which people with colour blindness tell apart, as the style sheet has it.
N_COLOURS = 7
_COLOURS = [f"var(--series-{i})" for i in range(1, N_COLOURS + 1)]
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross"]
_PLOT_WIDTH = 360
_FONT = "system-ui, sans-serif"


@dataclass(frozen=True)
class Chart:
    """A drawn chart.

    Attributes
    ----------
    svg
        The markup; texts in it are escaped.
    title
        What it shows.
    description
        The same in words, for who does not see it.
    """

    svg: str
    title: str
    description: str


def has_groups(block: Block) -> bool:
    """Whether there is a group to draw: too small ones, by the store's setting, have no rates."""
    return any(map(_is_drawn, block.records))


def _is_drawn(row: Mapping[str, Any]) -> bool:
    return row["group_attribute"] != "overall" and row["accuracy"] is not None


def group_chart(block: Block) -> Chart:
    """Draw the accuracy of each group as a dot with its interval.

    Parameters
    ----------
    block
        Rows of `groups` of one classifier, for which `has_groups`: `group_attribute`,
        `group_name`, `n_samples`, `accuracy`, `ci_low`, `ci_high`.
    """
    import altair as alt

    overall = next(
        (r["accuracy"] for r in block.records if r["group_attribute"] == "overall"), None
    )
    rows = [
        each | {"group": f"{each['group_name']} (n {each['n_samples']:,})", "all": overall}
        for each in block.records
        if _is_drawn(each)
    ]
    kinds = list(dict.fromkeys(row["group_attribute"] for row in rows))
    parts = [
        _dots(
            [row for row in rows if row["group_attribute"] == kind], kind, is_last=kind == kinds[-1]
        )
        for kind in kinds
    ]
    # One accuracy axis for all, or a short interval of one kind would look like a long one.
    chart = alt.vconcat(*parts, spacing=8).resolve_scale(x="shared")
    return Chart(_svg(chart), f"Accuracy by group: {block.key}", _groups_in_words(rows, overall))


def sweep_charts(sweep: Table) -> list[Chart]:
    """Draw the accuracy over k, one chart a data set, split and attribute.

    Parameters
    ----------
    sweep
        The table `k_sweep`.
    """
    parts: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in sweep.records:
        line = {**row, "line": f"{row['encoder']}, {row['prompt_set']}"}
        parts.setdefault((row["dataset"], row["split"], row["attribute"]), []).append(line)
    return [
        _sweep_chart(rows, f"{attribute} on {dataset}, {split or 'no split'}")
        for (dataset, split, attribute), rows in parts.items()
        # a sweep with one k is a number and needs no line
        if len({row["k"] for row in rows}) > 1
    ]


def _dots(rows: Sequence[Mapping[str, Any]], kind: str, *, is_last: bool) -> altair.LayerChart:
    """Draw one kind of groups: an interval and a dot a group, a dashed line at the overall."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[_plain(row) for row in rows]))
    y = alt.Y(
        "group:N",
        sort=[row["group"] for row in rows],
        title=kind,
        axis=alt.Axis(labelLimit=230, minExtent=190),
    )
    title = "accuracy, 95 % interval" if is_last else None
    axis = alt.Axis(labels=is_last, ticks=is_last, format=".2f", grid=True, tickCount=6)
    scale = alt.Scale(zero=False, nice=True)
    x = alt.X("ci_low:Q", title=title, axis=axis, scale=scale)
    everyone = base.mark_rule(strokeDash=[4, 3], stroke="currentColor", opacity=0.6)
    interval = base.mark_rule(strokeWidth=2.5, stroke=_COLOURS[0])
    dot = base.mark_point(filled=True, size=55, fill=_COLOURS[0], opacity=1)
    layers = [
        interval.encode(x=x, x2="ci_high:Q", y=y),
        dot.encode(x=alt.X("accuracy:Q", title=title, axis=axis, scale=scale), y=y),
    ]
    if rows[0]["all"] is not None:
        layers.insert(
            0, everyone.encode(x=alt.X("min(all):Q", title=title, axis=axis, scale=scale))
        )
    return alt.layer(*layers).properties(width=_PLOT_WIDTH, height=alt.Step(20))


def _sweep_chart(rows: Sequence[Mapping[str, Any]], title: str) -> Chart:
    import altair as alt

    lines = list(dict.fromkeys(row["line"] for row in rows))
    base = alt.Chart(alt.Data(values=[_plain(row) for row in rows]))
    legend = alt.Legend(
        title=None,
        orient="bottom",
        columns=1,
        labelLimit=0,
        symbolSize=70,
        symbolOpacity=1,
        symbolStrokeWidth=0,
    )

    def told_apart(values: Sequence[Any]) -> altair.Scale:
        return alt.Scale(domain=lines, range=[values[i % len(values)] for i in range(len(lines))])

    colour = alt.Color("line:N", scale=told_apart(_COLOURS), legend=legend)
    dash = alt.StrokeDash("line:N", scale=told_apart(_DASHES), legend=legend)
    shape = alt.Shape("line:N", scale=told_apart(_SHAPES), legend=legend)
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
    band = base.mark_area(opacity=0.16).encode(x=x, y=low, y2=high, color=colour)
    # an area has no width where a prompt set has one k
    single = base.transform_joinaggregate(n="count()", groupby=["line"]).transform_filter(
        "datum.n == 1"
    )
    bar = single.mark_rule(opacity=0.5).encode(x=x, y=low, y2=high, color=colour)
    line = base.mark_line(strokeWidth=1.8).encode(x=x, y=y, color=colour, strokeDash=dash)
    point = base.mark_point(size=28, filled=True, opacity=1).encode(
        x=x, y=y, color=colour, shape=shape
    )
    chart = alt.layer(band, bar, line, point).properties(width=_PLOT_WIDTH + 160, height=260)
    return Chart(_svg(chart), f"Accuracy over k: {title}", _sweep_in_words(rows, lines))


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what JSON knows: names, counts and fractions."""
    return {key: value for key, value in row.items() if isinstance(value, str | int | float)}


def _svg(chart: altair.TopLevelMixin) -> str:
    """Draw a chart; colours and fonts of axes follow the text around it."""
    import altair as alt
    import vl_convert

    text = {"labelColor": "currentColor", "titleColor": "currentColor", "labelFontSize": 12}
    lines = {
        "domainColor": "currentColor",
        "tickColor": "currentColor",
        "gridColor": "currentColor",
    }
    axis = text | lines | {"gridOpacity": 0.15, "domainOpacity": 0.5, "tickOpacity": 0.5}
    config = {
        "background": "transparent",
        "font": _FONT,
        "view": {"stroke": None},
        "axis": axis | {"titleFontWeight": "normal", "titleFontSize": 12},
        "legend": text,
    }
    spec = chart.to_dict() | {"config": config}
    # altair writes one schema, the converter knows several: take the one of the same minor version
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    svg: str = vl_convert.vegalite_to_svg(spec, vl_version=version)
    return svg


def _groups_in_words(rows: Sequence[Mapping[str, Any]], overall: float | None) -> str:
    """Say which groups lie at the ends, as the chart shows at a glance."""
    if not rows:
        return "There are no labelled groups."
    ordered = sorted(rows, key=lambda row: float(row["accuracy"]))
    low, high = ordered[0], ordered[-1]
    ends = "; ".join(
        f"{which} {row['accuracy']:.4f} for {row['group']}"
        for which, row in (("lowest", low), ("highest", high))
    )
    everyone = "" if overall is None else f"Overall {overall:.4f}; "
    return f"{everyone}{ends}. The table has every group."


def _sweep_in_words(rows: Sequence[Mapping[str, Any]], lines: Sequence[str]) -> str:
    """Say of each line where it is highest."""
    tops = [
        max((row for row in rows if row["line"] == line), key=lambda row: float(row["accuracy"]))
        for line in lines
    ]
    told = "; ".join(
        f"{top['line']}: highest {top['accuracy']:.4f} at k {top['k']}" for top in tops
    )
    return f"{told}. The table has every k."
