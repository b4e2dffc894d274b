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
    told_apart,
    tooltip,
    values,
)
from facestore.reporting.tables import Table

_HEIGHT = 280
# what is no curve of how good a classifier is
_NO_CURVES = ("l2", "n_iterations")


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
