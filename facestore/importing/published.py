"""Tables of figures that others published: a figure a row, or a group a column."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from facestore.encoders.names import model_name
from facestore.errors import TableError, preview
from facestore.records import AnyPath
from facestore.stores import Stores, recorded
from facestore.tables import read_table, refusing

PUBLISHED_SCHEMA = pl.Schema(
    {
        "source": pl.String(),
        "classifier": pl.String(),
        "architecture": pl.String(),
        "pretrained": pl.String(),
        "prompt_set": pl.String(),
        "aggregation": pl.String(),
        "k": pl.Int32(),
        "dataset": pl.String(),
        "split": pl.String(),
        "attribute": pl.String(),
        "taxonomy": pl.String(),
        "group_attribute": pl.String(),
        "group_name": pl.String(),
        "metric": pl.String(),
        "value": pl.Float64(),
    }
)

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
METRICS = OVERALL_METRICS + DISPARITY_METRICS

_OVERALL = "overall"
_NEEDED = ("dataset", "attribute")


@dataclass(frozen=True)
class PublishedSummary:
    """What an import of published figures changed.

    Attributes
    ----------
    n_figures
        Figures of the file.
    n_new, n_replaced
        Rows written, and rows of the same source that went for them.
    n_measured
        Figures that the store measures as well.
    ignored
        Columns that were not read.
    """

    n_figures: int
    n_new: int
    n_replaced: int
    n_measured: int
    ignored: tuple[str, ...]


def import_published(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str | None = None,
    attribute: str | None = None,
    model: str | None = None,
    columns: Mapping[str, str] | None = None,
    **described: str | int | None,
) -> PublishedSummary:
    """Import figures that others published; they replace those of the same source.

    Parameters
    ----------
    path
        CSV or Parquet: a figure a row (`group_attribute`, `group_name`, `metric`, `value`), or a
        column for each (`accuracy`, names of classes).
    dataset, attribute, model
        What the figures are about, where no column says it; the model as
        `ARCHITECTURE[,PRETRAINED]`.
    columns
        Name in the table -> name of the column that it is.
    **described
        `source`, `split`, `taxonomy`, `prompt_set`, `aggregation`, `k`, `classifier`.

    Raises
    ------
    TableError
        If the file is refused.
    """
    path = Path(path)
    name = model_name(model) if model else None
    constants = {
        "dataset": dataset,
        "attribute": attribute,
        "architecture": name.architecture if name else None,
        "pretrained": name.pretrained if name else None,
        **described,
    }
    figures, ignored = read_published(
        path,
        classes=store.catalog.samples.class_names(),
        constants={"source": path.stem} | {k: v for k, v in constants.items() if v is not None},
        renamed=columns or {},
    )
    with (
        recorded(store, "import published", constants | {"path": path}) as counts,
        store.catalog.transaction(),
    ):
        changes = asdict(store.catalog.published.replace(figures))
        counts.update(changes)
        sources = figures["source"].unique(maintain_order=True).to_list()
        n_measured = store.catalog.published.n_measured(sources)
    return PublishedSummary(
        n_figures=len(figures), n_measured=n_measured, ignored=ignored, **changes
    )


def read_published(
    path: Path,
    *,
    classes: Mapping[str, Sequence[str]],
    constants: Mapping[str, str | int | None],
    renamed: Mapping[str, str],
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read a CSV or Parquet table of published figures.

    Parameters
    ----------
    path
        Columns of `PUBLISHED_SCHEMA`, or instead of `group_attribute`, `group_name`, `metric` and
        `value` a column for each figure: `accuracy` and other overall metrics, the classes of
        attributes (accuracy of that group), `race gap` (mean_minus_min over races).
    classes
        The class names of each attribute.
    constants
        Values of columns that the table lacks; None: not given.
    renamed
        Name of a column in the table -> name in `PUBLISHED_SCHEMA`.

    Returns
    -------
    figures : polars.DataFrame
        Columns of `PUBLISHED_SCHEMA`.
    ignored : tuple of str
        Columns that were not read.

    Raises
    ------
    TableError
        If columns are missing, a metric or a group is unknown, or a value is no fraction.
    """
    with refusing(path):
        return _published(path, classes, constants, renamed)


def _published(
    path: Path,
    classes: Mapping[str, Sequence[str]],
    constants: Mapping[str, str | int | None],
    renamed: Mapping[str, str],
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    table = _renamed(path, read_table(path), renamed)
    given = {name: value for name, value in constants.items() if value is not None}
    table = table.with_columns(
        pl.lit(value).alias(name) for name, value in given.items() if name not in table.columns
    )
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        problem = f"no column {missing[0]!r} among {preview(map(repr, table.columns), 10)}"
        raise TableError(path, problem, f"Add it, or give `{missing[0]}=NAME`.")
    columns = list(table.columns)
    if "value" in columns:
        ignored = tuple(name for name in columns if name not in PUBLISHED_SCHEMA)
    else:
        table, ignored = _melted(path, table, classes)
    figures = _completed(path, table)
    _check(path, figures, classes)
    return figures, ignored


def _renamed(path: Path, table: pl.DataFrame, renamed: Mapping[str, str]) -> pl.DataFrame:
    for old, new in renamed.items():
        if old not in table.columns or new not in PUBLISHED_SCHEMA:
            found = preview(map(repr, table.columns if old not in table.columns else [new]), 10)
            problem = f"column {old!r} cannot be read as {new!r}: found {found}"
            todo = f"Give `columns=TABLE_COLUMN=NAME`, NAME one of {preview(PUBLISHED_SCHEMA, 20)}."
            raise TableError(path, problem, todo)
    return table.rename(dict(renamed))


def _melted(
    path: Path, table: pl.DataFrame, classes: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Turn a column for each figure into a row for each."""
    meaning: dict[str, tuple[str, str | None, str]]
    meaning = {name: (_OVERALL, _OVERALL, name) for name in OVERALL_METRICS}
    meaning |= {
        name: (attribute, name, "accuracy")
        for attribute, names in classes.items()
        for name in names
    }
    meaning |= {f"{name} gap": (name, None, "mean_minus_min") for name in classes}
    found = {name: meaning[key] for name in table.columns if (key := _key(name, meaning))}
    if not found:
        problem = f"no figures among the columns {preview(map(repr, table.columns), 10)}"
        todo = "Expected a column `value`, or `accuracy` and columns named after classes."
        raise TableError(path, problem, todo)
    described = [name for name in table.columns if name in PUBLISHED_SCHEMA]
    whose = pl.DataFrame(
        [(name, *each) for name, each in found.items()],
        schema=["column", "group_attribute", "group_name", "metric"],
        orient="row",
    )
    long = table.unpivot(list(found), index=described, variable_name="column")
    ignored = tuple(n for n in table.columns if n not in found and n not in PUBLISHED_SCHEMA)
    return long.join(whose, on="column", how="left").drop("column"), ignored


def _key(column: str, meaning: Mapping[str, object]) -> str | None:
    """Find what a column means: by its name, or by the name in lower case."""
    return next((each for each in (column, column.lower()) if each in meaning), None)


def _completed(path: Path, table: pl.DataFrame) -> pl.DataFrame:
    """Give a table all columns, in their order and types; figures that are not there go."""
    missing = [name for name in PUBLISHED_SCHEMA if name not in table.columns]
    table = table.with_columns(pl.lit(None).alias(name) for name in missing)
    try:
        table = table.select(list(PUBLISHED_SCHEMA)).cast(PUBLISHED_SCHEMA)
    except pl.exceptions.InvalidOperationError as error:
        problem = str(error).splitlines()[0]
        raise TableError(path, problem, "Expected numbers in `value` and `k`.") from error
    table = table.filter(pl.col("value").is_not_null()).with_columns(
        pl.col("group_attribute").fill_null(_OVERALL), pl.col("metric").fill_null("accuracy")
    )
    is_overall = pl.col("group_attribute") == _OVERALL
    return table.with_columns(
        group_name=pl.when(is_overall).then(pl.lit(_OVERALL)).otherwise("group_name")
    )


def _check(path: Path, figures: pl.DataFrame, classes: Mapping[str, Sequence[str]]) -> None:
    unknown = figures.filter(~pl.col("metric").is_in(METRICS))["metric"].unique().sort()
    if len(unknown):
        problem = f"metric {preview(map(repr, unknown))} is not known"
        raise TableError(path, problem, f"Expected one of {preview(METRICS, len(METRICS))}.")
    high = figures.filter(~pl.col("value").is_between(-1, 1))["value"]
    if len(high):
        problem = f"the value {high[0]:g} is no fraction"
        raise TableError(path, problem, "Expected fractions in [0, 1]: divide per cent by 100.")
    attributes = figures["attribute"].unique().sort().to_list()
    if strange := [name for name in attributes if name not in classes]:
        problem = f"no attribute {preview(map(repr, strange))}"
        raise TableError(path, problem, f"Known attributes: {', '.join(sorted(classes))}.")
    for attribute, names in classes.items():
        groups = figures.filter(pl.col("group_attribute") == attribute)["group_name"].drop_nulls()
        if wrong := sorted(set(groups) - set(names)):
            problem = f"{preview(map(repr, wrong))} is no class of {attribute!r}"
            raise TableError(path, problem, f"Expected {preview(names, 12)}.")
