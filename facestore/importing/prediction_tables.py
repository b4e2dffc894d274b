"""Tables of predictions, as others write them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from facestore.errors import ParametersError, TableError, counted, preview
from facestore.importing.predicted_classes import with_classes
from facestore.ingest.layouts.label_values import readings_in_words
from facestore.ingest.layouts.unmet_values import unmet_in
from facestore.mappings import LabelMapping
from facestore.numbers import COUNT, PREDICTED_YEARS, SCORE, number_column
from facestore.records import AttributeClass
from facestore.table_columns import column_given, fields_of, file_names
from facestore.tables import read_rows, refusing

_DESCRIPTION = ("architecture", "pretrained", "prompt_set", "attribute", "aggregation", "k")
_TEXTS = ("classifier", "predicted", *_DESCRIPTION[:-1])
_NUMBERS = ("score", "margin", "value")


@dataclass(frozen=True)
class ImportedPredictions:
    """What a table of predictions says.

    Attributes
    ----------
    rows
        `name`, `classifier`, `attribute`, `predicted`, `score`, `margin`, `value`.
    classifiers
        One row a classifier: `classifier`, `attribute`, and where the file says it `architecture`,
        `pretrained`, `prompt_set`, `aggregation`, `k`.
    notes
        What was read otherwise than written.
    """

    rows: pl.DataFrame
    classifiers: pl.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenTable:
    """What is said of a table of predictions.

    Attributes
    ----------
    column
        Name of the column of predicted classes.
    attribute, classifier
        What is predicted and by whom, where the table does not say.
    mapping
        What columns and values mean; an attribute that has a column there is predicted in it.
    """

    column: str = "predicted"
    attribute: str | None = None
    classifier: str | None = None
    mapping: LabelMapping = field(default_factory=LabelMapping)

    def __post_init__(self) -> None:
        said = {
            a: c for a, c in self.mapping.columns.items() if c and a not in self.mapping.optional
        }
        if said and self.attribute is not None and said.keys() != {self.attribute}:
            other, column = next((a, c) for a, c in said.items() if a != self.attribute)
            message = (
                f"`attribute={self.attribute}` and `columns={other}={column}` contradict each "
                "other: leave one of them out."
            )
            raise ParametersError(message)

    @property
    def wanted(self) -> tuple[str, ...]:
        """Columns that are read where they are there."""
        file = self.mapping.file or ""
        said = filter(None, (file, self.column, *self.mapping.columns.values()))
        return (*said, *fields_of(file), *_TEXTS, *_NUMBERS, "k")


def read_predictions(
    path: Path,
    *,
    classes: Mapping[str, Sequence[str]],
    column: str = "predicted",
    attribute: str | None = None,
    classifier: str | None = None,
    in_years: Collection[str] = (),
) -> ImportedPredictions:
    """Read a table of predictions as `predictions_in` does, with classes that are names alone.

    Raises
    ------
    TableError
        As `predictions_in`.
    """
    known = {
        key: [AttributeClass(name, i) for i, name in enumerate(names, 1)]
        for key, names in classes.items()
    }
    return predictions_in(path, known, GivenTable(column, attribute, classifier))


def predictions_in(
    path: Path, classes: Mapping[str, Sequence[AttributeClass]], given: GivenTable
) -> ImportedPredictions:
    """Read a CSV or Parquet table of predictions.

    Parameters
    ----------
    path
        A column `file`, one of predicted classes, optionally `score`, `margin` and `value`. Many
        classifiers have a column `classifier`, or `architecture`, `pretrained`, `prompt_set`,
        `attribute`, `aggregation` and `k`, from which their names are made.
    classes
        The classes of each attribute.
    given
        What the user said.

    Raises
    ------
    TableError
        If columns are missing, a class is unknown, a number is none or not plausible, or a
        classifier predicts a file twice.
    """
    with refusing(path):
        return _predictions(path, classes, given)


def _predictions(
    path: Path, classes: Mapping[str, Sequence[AttributeClass]], given: GivenTable
) -> ImportedPredictions:
    read = read_rows(path, given.mapping.encoding)
    read.check_plain(path, given.wanted)
    table = read.table
    with read.telling_left_out():
        files = file_names(path, table, given.mapping.file_in(table.columns))
    columns = _columns_of(path, table, given)
    # A column that predicts several attributes cannot be named as that of one.
    nameable = dict(columns)
    if not columns and given.attribute and "attribute" not in table.columns:
        nameable = {given.attribute: given.column}
    table = _long(table.with_columns(files.names.alias("name")), given.column, columns)
    table = _plain_texts(table)
    table = _with_attribute(path, table, given.attribute)
    in_years = [n for n, known in classes.items() if any(each.low is not None for each in known)]
    table = _with_numbers(path, table, in_years)
    table = _with_classifier(path, table, given.classifier)
    table, readings = with_classes(path, table, classes, given.mapping, nameable, said=columns)
    _check_repeats(path, table)
    described = ["classifier", *[each for each in _DESCRIPTION if each in table.columns]]
    return ImportedPredictions(
        rows=table.select("name", "classifier", "attribute", "predicted", *_NUMBERS),
        classifiers=table.select(described).unique(maintain_order=True),
        notes=(
            *filter(None, [files.note]),
            *read.notes,
            *unmet_in(given.mapping, readings),
            *readings_in_words(readings),
        ),
    )


def _plain_texts(table: pl.DataFrame) -> pl.DataFrame:
    """Read what says who and what as text; a blank cell is none."""
    texts = [each for each in _TEXTS if each in table.columns]
    table = table.with_columns(pl.col(*texts).cast(pl.String).str.strip_chars())
    return table.with_columns(pl.when(pl.col(each) != "").then(each).alias(each) for each in texts)


def _check_repeats(path: Path, table: pl.DataFrame) -> None:
    repeated = table.filter(table.select("classifier", "name").is_duplicated())
    if len(repeated):
        who, file = repeated["classifier"][0], repeated["name"][0]
        raise TableError(path, f"{who!r} predicts {file!r} twice", "One row a file was expected.")


def _columns_of(path: Path, table: pl.DataFrame, given: GivenTable) -> dict[str, str]:
    """Return attribute -> column of its predictions; none where the table has a row for each."""
    mapping = given.mapping
    named = {a: c for a, c in mapping.columns.items() if c and a not in mapping.optional}
    if not named and given.column not in table.columns:  # as a known source calls them
        known = mapping.columns_in(table.columns)
        named = {a: c for a, c in known.items() if c and not fields_of(c)}
    if named:
        todo = "Name the columns of predictions with `columns=ATTRIBUTE=COLUMN`."
        return {a: column_given(path, table.columns, c, todo) for a, c in named.items()}
    if given.column not in table.columns:
        problem = f"no column {given.column!r} among {preview(map(repr, table.columns), 10)}"
        todo = "Name the predictions with `column=` or `columns=ATTRIBUTE=COLUMN`."
        raise TableError(path, problem, todo)
    return {}


def _long(table: pl.DataFrame, column: str, found: Mapping[str, str]) -> pl.DataFrame:
    """Return a row for each prediction; a table may have a column for each attribute."""
    if not found:
        return table.with_columns(pl.col(column).alias("predicted"))
    # A score beside several predictions is none of theirs.
    kept = [c for c in ("name", "classifier", *_DESCRIPTION) if c in table.columns]
    kept = [c for c in kept if c not in (*found.values(), "attribute")]
    numbers = [c for c in _NUMBERS if c in table.columns] if len(found) == 1 else []
    return pl.concat(
        table.select(
            *kept,
            *numbers,
            attribute=pl.lit(attribute),
            predicted=pl.col(column).cast(pl.String),
        )
        for attribute, column in found.items()
    )


def _with_numbers(path: Path, table: pl.DataFrame, in_years: Collection[str]) -> pl.DataFrame:
    """Give a table its columns of numbers, each of which is checked."""
    missing = [each for each in _NUMBERS if each not in table.columns]
    table = table.with_columns(pl.lit(None, pl.Float64).alias(each) for each in missing)
    numbers = [number_column(path, table[each], SCORE, table["name"]) for each in _NUMBERS]
    table = table.with_columns(numbers)
    aged = table.filter(pl.col("attribute").is_in(list(in_years)))
    number_column(path, aged["value"], PREDICTED_YEARS, aged["name"])
    if "k" not in table.columns:
        return table
    k = number_column(path, table["k"], COUNT, table["name"])
    return table.with_columns(k.cast(pl.Int32))


def _with_attribute(path: Path, table: pl.DataFrame, attribute: str | None) -> pl.DataFrame:
    if "attribute" in table.columns:
        return _all_named(path, table, "attribute")
    if attribute is None:
        raise TableError(path, "it does not say what is predicted", "Give `attribute=NAME`.")
    return table.with_columns(attribute=pl.lit(attribute))


def _with_classifier(path: Path, table: pl.DataFrame, classifier: str | None) -> pl.DataFrame:
    if classifier is not None:
        if "classifier" in table.columns and table["classifier"].n_unique() > 1:
            problem = f"it has {table['classifier'].n_unique()} classifiers of its own"
            raise TableError(path, problem, "Leave `classifier=` out.")
        return _told_apart(table.with_columns(classifier=pl.lit(classifier)))
    if "classifier" in table.columns:
        return _all_named(path, table, "classifier")
    parts = [each for each in _DESCRIPTION if each in table.columns and each != "attribute"]
    if "architecture" not in parts:
        problem = "it does not say who predicts"
        raise TableError(path, problem, "Give `classifier=NAME`, or a column of that name.")
    name = pl.concat_str(
        [pl.col(part).cast(pl.String) for part in parts], separator=" ", ignore_nulls=True
    )
    return _told_apart(_all_named(path, table.with_columns(classifier=name), "classifier"))


def _all_named(path: Path, table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the table; refuse one in which a row does not say who predicts, or what."""
    unnamed = table.filter(pl.col(column).is_null() | (pl.col(column) == ""))
    if len(unnamed):
        problem = f"{unnamed['name'][0]!r} has no {column} ({counted(len(unnamed), 'such row')})"
        raise TableError(path, problem, f"Say it in every row, or remove column {column!r}.")
    return table


def _told_apart(table: pl.DataFrame) -> pl.DataFrame:
    """Add the attribute to names that several attributes share."""
    several = pl.col("attribute").n_unique().over("classifier") > 1
    longer = pl.concat_str("classifier", "attribute", separator=" ")
    return table.with_columns(classifier=pl.when(several).then(longer).otherwise("classifier"))
