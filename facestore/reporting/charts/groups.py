"""Charts of the page For whom: accuracy by group, and how far apart groups are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from facestore.reporting.charts.base import (
    COLOURS,
    Chart,
    Context,
    parted,
    percent_axis,
    place,
    tooltip,
)
from facestore.reporting.charts.dots import GREY, Beside, Dots, dots_spec, under_headings
from facestore.reporting.tables import Block, BlockKey, Table, best_first, key_of, percent

_TICKS = 5


def group_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the accuracy of each group, kind by kind in the order of its classes, on one axis."""
    # of groups that are all too small there is nothing to draw
    blocks = [block for block in best_first(table.blocks, context.shown)[0] if _has_rates(block)]
    return [_group_chart(block, caption_of(block, blocks, context), context) for block in blocks]


def _has_rates(block: Block) -> bool:
    return any(
        row["accuracy"] is not None for row in block.records if row["group_attribute"] != "overall"
    )


def caption_of(block: Block, blocks: Sequence[Block], context: Context) -> str:
    """Say whose chart it is, as far as there are others beside it."""
    return whose(block.key, [each.key for each in blocks], context)


def whose(key: BlockKey, keys: Sequence[BlockKey], context: Context) -> str:
    """Name a classifier and what it tells, and the data where there are several."""
    told = f"{key.attribute.capitalize()}: {context.name(key.classifier)}"
    return f"{told}, on {key.part}" if len({each.part for each in keys}) > 1 else told


def _group_chart(block: Block, caption: str, context: Context) -> Chart:
    rows = block.records
    overall = next((row["accuracy"] for row in rows if row["group_attribute"] == "overall"), None)
    seen = next((row["seen"] for row in rows), None)
    parts = {
        f"by {by}": [_group_row(row, block.key, context) for row in part]
        for (by,), part in parted(rows, "group_attribute").items()
        if by != "overall"
    }
    judged = [row for row in rows if row["accuracy"] is not None]
    ordered = sorted(judged, key=lambda row: float(row["accuracy"]))
    told = [f"Overall {percent(overall)}"] + [
        f"{which} {percent(row['accuracy'])} for {row['group_name']}"
        for which, row in zip(("lowest", "highest"), (ordered[:1] + ordered[-1:]), strict=False)
    ]
    spec = dots_spec(
        under_headings(parts),
        Dots(
            axis=percent_axis(tickCount=_TICKS),
            shown=tooltip(
                group_name__s="group", grouped_by__s="by", value__q="accuracy", low__q="95 % from",
                high__q="95 % to", n_samples__n="n",
            ),
            beside=[Beside("accuracy", 52, "accuracy", is_bold=True), Beside("n", 102, "n")],
            right=104,
            everyone=overall,
        ),
    )  # fmt: skip
    title = f"Accuracy by group: {block.key}"
    marked = f"{caption} ({seen} on these faces)" if seen else caption
    return Chart(title, f"{'; '.join(told)}.", spec, block.key, marked)


def _group_row(row: Mapping[str, Any], key: BlockKey, context: Context) -> dict[str, Any]:
    made = {
        "name": row["group_name"],
        "group_name": row["group_name"],
        "grouped_by": row["group_attribute"],
        "n_samples": row["n_samples"],
        "n": f"{row['n_samples']:,}",
        "link": context.links.group(key, row["group_attribute"], row["group_name"]),
    }
    if row["accuracy"] is None:
        return made | {"note": "too few"}
    return made | {
        "value": row["accuracy"],
        "low": row["ci_low"],
        "high": row["ci_high"],
        "accuracy": percent(row["accuracy"]),
        "colour": COLOURS[0],
    }


def forest_charts(table: Table, context: Context) -> list[Chart]:
    """Draw the gap of each kind of groups with its interval, one chart a data set and split."""
    charts = []
    for (dataset, split), rows in parted(table.records, "dataset", "split").items():
        parts = {
            f"{attribute.capitalize()} told right": [_gap_row(row, context) for row in part]
            for (attribute,), part in parted(rows, "attribute").items()
        }
        ends = [
            0.0,
            *(end for row in rows for end in (row["gap"], row["gap_ci_low"], row["gap_ci_high"])),
        ]
        low, high = min(ends), max(ends)
        room = 0.03 * (high - low) or 0.01
        spec = dots_spec(
            under_headings(parts),
            Dots(
                axis=_points_axis(),
                shown=tooltip(
                    name__s="gap", worst_group__s="worst group", best_group__s="best group",
                    gap__s="points", interval__s="95 %", verdict__s="verdict",
                ),
                beside=[
                    Beside("gap", 44, "points", is_bold=True),
                    Beside("interval", 140, "95 %"),
                    Beside("verdict", 242, "verdict", is_wide=True),
                ],
                right=244,
                right_if_narrow=142,
                everyone=0,
                ends=[low - room, high + room],
            ),
        )  # fmt: skip
        told = "; ".join(
            f"{row['attribute']} by {row['group_attribute']}: {100 * row['gap']:.1f} points "
            f"({_interval(row)}), {row['verdict']}"
            for row in rows
        )
        several = len({(row["dataset"], row["split"]) for row in table.records}) > 1
        where = place(dataset, split)
        caption = where if several else ""
        charts.append(Chart(f"Gaps between groups: {where}", f"{told}.", spec, caption=caption))
    return charts


def _gap_row(row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    is_clear = row["verdict"] == "clear"
    return {
        "name": f"by {row['group_attribute'].replace(' x ', ' × ')}",
        "value": row["gap"],
        "low": row["gap_ci_low"],
        "high": row["gap_ci_high"],
        "gap": f"{100 * row['gap']:.1f}",
        "interval": _interval(row),
        "verdict": row["verdict"],
        "worst_group": row["worst_group"].replace(" x ", ", "),
        "best_group": row["best_group"].replace(" x ", ", "),
        "colour": COLOURS[1] if is_clear else GREY,
        "link": context.links.group(key_of(row), row["group_attribute"], row["worst_group"]),
    }


def _interval(row: Mapping[str, Any]) -> str:
    return f"{100 * row['gap_ci_low']:.1f} – {100 * row['gap_ci_high']:.1f}"


def _points_axis() -> Any:
    import altair as alt

    return alt.Axis(title="points", tickCount=_TICKS, labelExpr="format(100 * datum.value, '.0f')")
