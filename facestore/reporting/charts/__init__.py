"""Charts of the report, by the query whose rows they draw."""

from collections.abc import Callable, Mapping, Sequence

from facestore.reporting.charts import (
    beside,
    board,
    data,
    groups,
    intervals,
    lines,
    mistakes,
    models,
    prompts,
    summary,
)
from facestore.reporting.charts.base import Chart, Context
from facestore.reporting.charts.bundle import script_bundle
from facestore.reporting.tables import Table

__all__ = ["Chart", "Context", "Draw", "charts_of", "script_bundle"]

Draw = Callable[[Table, Context], list[Chart]]

_DRAWN_BY: Mapping[str, Sequence[Draw]] = {
    "age_decades": (mistakes.decade_charts,),
    "age_error_histogram": (mistakes.histogram_charts,),
    "age_errors": (mistakes.age_charts,),
    "age_pyramid": (data.population_charts,),
    "age_scatter": (mistakes.scatter_charts,),
    "board": (board.board_charts,),
    "board_kinds": (board.kind_charts,),
    "board_sizes": (board.size_charts,),
    "classification_report": (mistakes.class_charts,),
    "diff_accuracy": (intervals.change_charts,),
    "frontier": (models.front_charts,),
    "gap_forest": (groups.forest_charts,),
    "gaps": (summary.gap_charts,),
    "group_rates": (mistakes.rate_charts,),
    "groups": (groups.group_charts,),
    "k_sweep": (prompts.sweep_charts,),
    "label_counts": (data.label_charts,),
    "leaderboard": (models.leaderboard_charts,),
    "model_means": (beside.dataset_charts,),
    "prompt_or_model": (summary.range_charts,),
    "prompt_slopes": (prompts.slope_charts,),
    "published": (beside.published_charts,),
    "reliability": (prompts.reliability_charts,),
    "training_epochs": (lines.epoch_charts,),
    "training_sweep": (lines.penalty_charts,),
    "wording_accuracy": (prompts.wording_charts,),
}


def charts_of(table: Table, context: Context) -> list[Chart]:
    """Draw the charts of a table.

    Parameters
    ----------
    table
        A query and its rows.
    context
        What charts need of the report they stand in.
    """
    drawn_by = _DRAWN_BY.get(table.query.name, ())
    if not drawn_by:
        return []
    from altair.utils.schemapi import debug_mode

    # altair holds each part against its schema: two seconds for a report; our tests do
    with debug_mode(False):
        return [chart for draw in drawn_by for chart in draw(table, context)]
