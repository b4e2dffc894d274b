"""The forms of tables of published figures, each made one: a figure a row.

A figure a row (`metric`, `value`), a column for each figure (`accuracy`, names of classes), or a
column for each model or for each data set, as boards of many models by many data sets have them.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.importing.published_columns import (
    MODEL_COLUMNS,
    PUBLISHED_SCHEMA,
    metric_called,
)
from facestore.numbers import SCORE, number_column

# Those of the view measured_figures, with which the figures are compared.
OVERALL_METRICS = (
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "weighted_precision",
    "weighted_recall",
    "weighted_f1",
    "chance_adjusted_accuracy",
)
DISPARITY_METRICS = (
    "accuracy_min",
    "accuracy_max",
    "accuracy_mean",
    "accuracy_difference",
    "accuracy_ratio",
    "mean_minus_min",
)
# Those that boards have besides.
MEAN_OVER_ATTRIBUTES = "mean_average_precision"
BOARD_METRICS = ("top5_accuracy", MEAN_OVER_ATTRIBUTES)
METRICS = OVERALL_METRICS + DISPARITY_METRICS + BOARD_METRICS
ROW = "row of the file"
OVERALL = "overall"


# Columns of a board that are no task and no model: means over the others, and sizes.
_NO_TASK = re.compile(r"(?i)^\W*(average|avg|mean|overall|g?macs|g?flops|params|parameters)\b.*$")


def figures_of(
    path: Path,
    table: pl.DataFrame,
    classes: Mapping[str, Sequence[str]],
    given: Collection[str],
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return a row for each figure, and the columns that were not read.

    Parameters
    ----------
    table
        Under the names of `PUBLISHED_SCHEMA`, with the number of its row.
    classes
        The class names of each attribute: a column of such a name has the accuracy of that group.
    given
        Columns that the table did not have: the user said them of all rows.

    Raises
    ------
    TableError
        If no column holds figures, or one that does holds something else.
    """
    columns = table.columns[1:]
    if "value" in columns:
        return table, tuple(name for name in columns if name not in PUBLISHED_SCHEMA)
    meaning: dict[str, tuple[str, str | None, str]]
    meaning = {name: (OVERALL, OVERALL, name) for name in OVERALL_METRICS + BOARD_METRICS}
    meaning |= {
        name: (attribute, name, "accuracy")
        for attribute, names in classes.items()
        for name in names
    }
    meaning |= {f"{name} gap": (name, None, "mean_minus_min") for name in classes}
    found = {name: meaning[key] for name in columns if (key := _key(name, meaning))}
    if found:
        whose = pl.DataFrame(
            [(name, *each) for name, each in found.items()],
            schema=["column", "group_attribute", "group_name", "metric"],
            orient="row",
        )
        long, ignored = _long(path, table, list(found))
        return long.join(whose, on="column", how="left").drop("column"), ignored
    if board := _board(table, given):
        figures, name = board
        said_by = "dataset" if name == "architecture" else _whose(table)
        if (without := table.filter(pl.col(said_by).is_null())).height:
            problem = f"row {without[ROW][0]} has no {said_by}"
            raise TableError(path, problem, "Say it in every row.")
        long, ignored = _long(path, table, figures)
        return long.rename({"column": name}), ignored
    found_columns = [name for name in columns if name not in given]
    problem = f"no figures among the columns {preview(map(repr, found_columns), 10)}"
    todo = (
        "Expected a column `value`, or `accuracy` and columns named after classes, or one for each "
        "model beside `dataset`, or one for each data set beside `model`."
    )
    raise TableError(path, problem, todo)


def _key(column: str, meaning: Mapping[str, object]) -> str | None:
    """Find what a column means: by its name, or by the name in lower case or of another tool."""
    names = (column, column.lower(), metric_called(column))
    return next((each for each in names if each in meaning), None)


def _board(table: pl.DataFrame, given: Collection[str]) -> tuple[list[str], str] | None:
    """Return the columns of a board that hold figures, and what each of them is named after."""
    has_model = any(name in table.columns for name in MODEL_COLUMNS)
    said = {"dataset", *MODEL_COLUMNS} & set(table.columns) - set(given)
    if ("dataset" in table.columns) == has_model or not said:
        return None
    others = [name for name in table.columns[1:] if name not in PUBLISHED_SCHEMA]
    figures = [name for name in others if not _NO_TASK.fullmatch(name) and _has_number(table[name])]
    return (figures, "dataset" if has_model else "architecture") if figures else None


def _whose(table: pl.DataFrame) -> str:
    """Return the column that says of whom a row is."""
    return next(name for name in MODEL_COLUMNS if name in table.columns)


def _has_number(column: pl.Series) -> bool:
    if column.dtype.is_nested():
        return False
    return (
        column.dtype.is_numeric()
        or column.cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).count() > 0
    )


def _long(
    path: Path, table: pl.DataFrame, figures: Sequence[str]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Turn columns with figures into rows: `column`, `value`, and what is said of the row."""
    described = [name for name in table.columns if name in PUBLISHED_SCHEMA]
    rows = table.select(pl.format("row {}", ROW)).to_series()
    table = table.with_columns(number_column(path, table[name], SCORE, rows) for name in figures)
    long = table.unpivot(list(figures), index=[ROW, *described], variable_name="column")
    ignored = tuple(
        n for n in table.columns if n != ROW and n not in figures and n not in PUBLISHED_SCHEMA
    )
    return long, ignored
