"""Tables of figures that others published: a figure a row, or a group a column."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from facestore.encoders.names import model_name
from facestore.errors import TableError, counted, preview
from facestore.importing.published_columns import (
    PUBLISHED_SCHEMA,
    also_called,
    known_metrics,
    of_clip_benchmark,
    renamed_columns,
    with_weights,
)
from facestore.importing.published_forms import (
    MEAN_OVER_ATTRIBUTES,
    METRICS,
    OVERALL,
    ROW,
    figures_of,
)
from facestore.numbers import COUNT, SCORE, number_column
from facestore.records import AnyPath
from facestore.stores import Stores, recorded
from facestore.tables import read_rows, refusing

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
    notes
        Further facts.
    """

    n_figures: int
    n_new: int
    n_replaced: int
    n_measured: int
    ignored: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedFigures:
    """What a table of published figures says.

    Attributes
    ----------
    figures
        Columns of `PUBLISHED_SCHEMA`.
    ignored
        Columns that were not read.
    notes
        What else was not.
    """

    figures: pl.DataFrame
    ignored: tuple[str, ...]
    notes: tuple[str, ...] = ()


def import_published(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str | None = None,
    attribute: str | None = None,
    model: str | None = None,
    metric: str | None = None,
    columns: Mapping[str, str] | None = None,
    **described: str | int | None,
) -> PublishedSummary:
    """Import figures that others published; they replace those of the same source.

    Parameters
    ----------
    path
        CSV or Parquet: a figure a row (`group_attribute`, `group_name`, `metric`, `value`), a
        column for each (`accuracy`, names of classes), for each model or for each data set.
    dataset, attribute, model, metric
        What the figures are about, where no column says it; the model as
        `ARCHITECTURE[,PRETRAINED]`. Without an attribute it is the one that the data set is
        labelled with, or has the name of the data set.
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
        "metric": metric,
        **described,
    }
    classes = store.catalog.samples.class_names()
    read = read_published(
        path,
        classes=classes,
        attributes={
            name: store.catalog.samples.labelled_attributes(name)
            for name in store.catalog.samples.datasets()
        },
        constants={"source": path.stem} | {k: v for k, v in constants.items() if v is not None},
        renamed=columns or {},
    )
    figures = read.figures
    arguments = constants | {"path": path}
    with recorded(store, "import published", arguments, whole=True) as counts:
        changes = asdict(store.catalog.published.replace(figures))
        counts.update(changes)
        sources = figures["source"].unique(maintain_order=True).to_list()
        n_measured = store.catalog.published.n_measured(sources)
    return PublishedSummary(
        n_figures=len(figures),
        n_measured=n_measured,
        ignored=read.ignored,
        notes=(*read.notes, *_notes_on(figures, classes)),
        **changes,
    )


def _notes_on(figures: pl.DataFrame, classes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say which attributes are those of published figures alone: a slip, or not labelled here."""
    own = figures.filter(pl.col("attribute") == pl.col("dataset"))["dataset"].unique().to_list()
    new = sorted(set(own) - set(classes))
    if new:
        yield (
            f"{counted(len(new), 'data set')} without an attribute: each has one of its own name, "
            f"such as {new[0]!r}"
        )
    for attribute in sorted(set(figures["attribute"]) - set(classes) - set(new)):
        near = difflib.get_close_matches(attribute, list(classes), n=1)
        slip = f": was {near[0]!r} meant?" if near else ", and nothing here is compared with them"
        yield f"attribute {attribute!r} is one of published figures alone{slip}"


def read_published(
    path: Path,
    *,
    classes: Mapping[str, Sequence[str]],
    attributes: Mapping[str, Sequence[str]],
    constants: Mapping[str, str | int | None],
    renamed: Mapping[str, str],
) -> PublishedFigures:
    """Read a CSV or Parquet table of published figures.

    Parameters
    ----------
    path
        Columns of `PUBLISHED_SCHEMA`, or instead of `group_attribute`, `group_name`, `metric` and
        `value` a column for each figure: `accuracy` and other overall metrics, the classes of
        attributes (accuracy of that group), `race gap` (mean_minus_min over races); or a column
        for each model, or for each data set; or CLIP_benchmark's CSV.
    classes
        The class names of each attribute.
    attributes
        The labelled attributes of each data set.
    constants
        Values of columns that the table lacks; None: not given.
    renamed
        Name of a column in the table -> name in `PUBLISHED_SCHEMA`. `Model`, `datasource`, `Prompt`
        and `Mode` are known as architecture, pretrained, prompt_set and aggregation.

    Raises
    ------
    TableError
        If columns are missing, a metric or a group is unknown, a value is no fraction, or rows say
        the same figure of the same model.
    """
    with refusing(path):
        return _published(path, classes, attributes, constants, renamed)


def _published(
    path: Path,
    classes: Mapping[str, Sequence[str]],
    attributes: Mapping[str, Sequence[str]],
    constants: Mapping[str, str | int | None],
    renamed: Mapping[str, str],
) -> PublishedFigures:
    given = {name: value for name, value in constants.items() if value is not None}
    read = read_rows(path)
    read.check_plain(path, (*renamed, *PUBLISHED_SCHEMA))
    # an empty text says nothing, whether it was quoted or not
    said = read.table.with_columns(pl.col(pl.String).replace("", None))
    table = renamed_columns(path, said, renamed)
    table = of_clip_benchmark(also_called(table, set(given) | set(renamed.values())))
    table = table.with_columns(
        pl.lit(value).alias(name) for name, value in given.items() if name not in table.columns
    ).with_row_index(ROW, 1)
    long, ignored = figures_of(path, known_metrics(table), classes, given)
    if "architecture" in long.columns and "architecture" not in table.columns:
        long = with_weights(long)
    if "dataset" not in long.columns:
        problem = f"no column 'dataset' among {preview(map(repr, table.columns[1:]), 10)}"
        raise TableError(path, problem, "Add it, or give `dataset=NAME`.")
    figures = _completed(path, _with_attributes(path, long, attributes))
    _check(path, figures, classes)
    _check_keys(path, figures, table.select(ROW, *ignored))
    return PublishedFigures(figures.drop(ROW), ignored, read.notes)


def _with_attributes(
    path: Path, figures: pl.DataFrame, attributes: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """Say what was predicted: that which is labelled, or that named after the data set.

    The mean over the attributes of a data set is of all of them.
    """
    if "attribute" in figures.columns:
        return figures
    datasets = figures["dataset"].cast(pl.String).drop_nulls().unique(maintain_order=True)
    of_one = pl.col("value").is_not_null()
    if "metric" in figures.columns:
        of_one &= pl.col("metric").fill_null("accuracy") != MEAN_OVER_ATTRIBUTES
    told = figures.filter(of_one)["dataset"].cast(pl.String).unique().to_list()
    whole = {name for name in datasets if len(attributes.get(name, ())) > 1}
    several = [name for name in datasets if name in whole and name in told]
    has_groups = "group_attribute" in figures.columns and (
        figures.filter(pl.col("group_attribute") != OVERALL).height
    )
    if several or has_groups:
        of = f": data set {several[0]!r} has several" if several else ""
        problem = f"no column 'attribute' among {preview(map(repr, figures.columns[1:]), 10)}{of}"
        raise TableError(path, problem, "Add it, or give `attribute=NAME`.")
    called = {
        name: name if name in whole else next(iter(attributes.get(name, ())), name)
        for name in datasets
    }
    return figures.with_columns(
        pl.col("dataset").cast(pl.String).alias("attribute").replace(called)
    )


def _completed(path: Path, table: pl.DataFrame) -> pl.DataFrame:
    """Give a table all columns, in their order and types; figures that are not there go."""
    missing = [name for name in PUBLISHED_SCHEMA if name not in table.columns]
    table = table.with_columns(pl.lit(None).alias(name) for name in missing)
    rows = table.select(pl.format("row {}", ROW)).to_series()
    table = table.with_columns(
        number_column(path, table["value"], SCORE, rows),
        number_column(path, table["k"], COUNT, rows),
    )
    try:
        table = table.select(ROW, *PUBLISHED_SCHEMA).cast(PUBLISHED_SCHEMA)
    except pl.exceptions.InvalidOperationError as error:
        problem = str(error).splitlines()[0]
        raise TableError(
            path, problem, "Expected text in all columns but `value` and `k`."
        ) from error
    table = table.filter(pl.col("value").is_not_null()).with_columns(
        pl.col("group_attribute").fill_null(OVERALL), pl.col("metric").fill_null("accuracy")
    )
    is_overall = pl.col("group_attribute") == OVERALL
    return table.with_columns(
        group_name=pl.when(is_overall).then(pl.lit(OVERALL)).otherwise("group_name")
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
    unsaid = [name for name in ("source", *_NEEDED) if figures[name].null_count()]
    if unsaid:
        row = figures.filter(pl.col(unsaid[0]).is_null())[ROW][0]
        raise TableError(path, f"row {row} has no {unsaid[0]}", "Say it in every row.")
    for attribute, names in classes.items():
        groups = figures.filter(pl.col("group_attribute") == attribute)["group_name"].drop_nulls()
        if wrong := sorted(set(groups) - set(names)):
            problem = f"{preview(map(repr, wrong))} is no class of {attribute!r}"
            raise TableError(path, problem, f"Expected {preview(names, 12)}.")


def _check_keys(path: Path, figures: pl.DataFrame, unread: pl.DataFrame) -> None:
    """Refuse rows that say the same figure of the same model: they would be taken for one."""
    key = [name for name in PUBLISHED_SCHEMA if name != "value"]
    repeated = figures.filter(figures.select(key).is_duplicated())
    if repeated.is_empty():
        return
    first = repeated.join(repeated.head(1).select(key), on=key, nulls_equal=True)
    rows, values = first[ROW].to_list(), first["value"].to_list()
    described = ("classifier", "architecture", "pretrained", "prompt_set", "aggregation", "k")
    who = " ".join(str(first[name][0]) for name in described if first[name][0] is not None)
    what = " ".join(filter(None, (first["group_name"][0], first["metric"][0])))
    problem = (
        f"rows {preview(rows, 6)} say one figure, {what} of {who or 'no model in particular'}: "
        f"{preview([f'{value:g}' for value in values], 6)}"
    )
    apart = unread.filter(pl.col(ROW).is_in(rows)).drop(ROW)
    telling = [column for column in apart.columns if apart[column].n_unique() > 1]
    todo = "Remove all but one, or add a column that tells them apart, such as `architecture`."
    if telling:
        todo = (
            f"Tell them apart by a column that was not read: `columns={telling[0]}=architecture`."
        )
    raise TableError(path, problem, todo)
