"""Charts of dots with intervals: the leaderboard, changes, wordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from facestore.reporting.charts.base import (
    COLOURS,
    ROW,
    Chart,
    Context,
    finished,
    name_axis,
    parted,
    place,
    tooltip,
    values,
)
from facestore.reporting.tables import Table

if TYPE_CHECKING:
    import altair

_MAX_ROWS = 40
_TITLE = "accuracy, 95 % interval"


def change_charts(table: Table, _context: Context) -> list[Chart]:
    """Draw the differences between two stores, the largest first, and a dashed line at none."""
    charts = []
    for key, rows in parted(table.records, "dataset", "split", "attribute").items():
        dataset, split, attribute = key
        moved = [{**row, "label": row["classifier"]} for row in rows if row["difference"]]
        if not moved:
            continue
        dots = _dots(
            moved[:_MAX_ROWS],
            "difference",
            everyone=0,
            title="accuracy after minus before, 95 % interval",
        )
        some = f" (the first {_MAX_ROWS} of {len(moved)})" if len(moved) > _MAX_ROWS else ""
        told = "; ".join(
            f"{row['label']}: {row['difference']:+.4f} ({row['ci_low']:+.4f} to "
            f"{row['ci_high']:+.4f})"
            for row in moved[:3]
        )
        title = f"What changed: {attribute} on {place(dataset, split)}{some}"
        text = f"Above 0 is better now. The largest: {told}. The table has every one."
        charts.append(Chart(title, text, finished(dots)))
    return charts


def _dots(
    rows: Sequence[Mapping[str, Any]],
    figure: str,
    *,
    everyone: float | None = None,
    title: str = _TITLE,
) -> altair.LayerChart:
    """Draw an interval and a dot a row, and a dashed line at the figure of everyone."""
    import altair as alt

    base = alt.Chart(values(rows)).encode(
        y=name_axis("label"),
        tooltip=tooltip(**_shown(figure)),
    )
    layers: list[Any] = [
        base.mark_rule(strokeWidth=2.5, stroke=COLOURS[0]).encode(
            x=_x("ci_low", title), x2=alt.X2("ci_high:Q")
        ),
        base.mark_point(filled=True, size=60, fill=COLOURS[0], opacity=1).encode(
            x=_x(figure, title)
        ),
    ]
    if everyone is not None:
        line = alt.Chart(alt.Data(values=[{"everyone": everyone}]))
        rule = line.mark_rule(strokeDash=[4, 3], stroke="currentColor", opacity=0.6)
        layers.insert(0, rule.encode(x=_x("everyone", title)))
    return alt.layer(*layers).properties(height=ROW * len(rows))


def _shown(figure: str) -> dict[str, str]:
    """Say what a tooltip has of a row."""
    counts = (
        {"n_samples__n": "n"}
        if figure == "accuracy"
        else {"n_samples_before__n": "n before", "n_samples_after__n": "n after"}
    )
    ends = {"ci_low__q": "95 % from", "ci_high__q": "95 % to"}
    return {"label__s": "of", **counts, f"{figure}__q": figure, **ends}


def _x(field: str, title: str = _TITLE) -> altair.X:
    import altair as alt

    axis = alt.Axis(tickCount=6)
    return alt.X(f"{field}:Q", title=title, axis=axis, scale=alt.Scale(zero=False, nice=True))


def _ends(rows: Sequence[Mapping[str, Any]], name: str, overall: float | None = None) -> str:
    """Say which rows lie at the ends, as the chart shows at a glance."""
    ordered = sorted(rows, key=lambda row: float(row["accuracy"]))
    ends = "; ".join(
        f"{which} {row['accuracy']:.4f} for {row[name]}"
        for which, row in (("lowest", ordered[0]), ("highest", ordered[-1]))
    )
    everyone = "" if overall is None else f"Overall {overall:.4f}; "
    return f"{everyone}{ends}. The table has every one."
