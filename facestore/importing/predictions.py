"""Tables of predictions: one classifier, or many in one file."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.importing.targets import ImportSummary, Target, imported_encoder, importing
from facestore.names import FILE_COLUMNS, check_name
from facestore.numbers import COUNT, PREDICTED_YEARS, SCORE, number_column
from facestore.records import AnyPath, ClassifierRecord, ModelName
from facestore.stores import Stores
from facestore.tables import read_table, refusing

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
    """

    rows: pl.DataFrame
    classifiers: pl.DataFrame


def import_predictions(
    store: Stores,
    path: AnyPath,
    *,
    dataset: str,
    split: str | None = None,
    create_samples: bool = False,
    column: str = "predicted",
    attribute: str | None = None,
    classifier: str | None = None,
) -> ImportSummary:
    """Import the predictions of one or many classifiers.

    Parameters
    ----------
    path
        CSV or Parquet, as `read_predictions` takes it.
    dataset, split, create_samples
        As for `import_labels`.
    column
        Name of the column of predicted classes.
    attribute, classifier
        What is predicted and by whom, where the table does not say.

    Raises
    ------
    TableError
        If the file is refused, or names unknown files and no samples may be made.
    InputError
        If a classifier has other predictions for some of the samples.
    """
    check_name("classifier", classifier)
    path = Path(path)
    classes = store.catalog.samples.classes()
    table = read_predictions(
        path,
        classes={name: [each.name for each in known] for name, known in classes.items()},
        column=column,
        attribute=attribute,
        classifier=classifier,
        in_years=[n for n, known in classes.items() if any(each.low is not None for each in known)],
    )
    names = table.rows["name"].unique(maintain_order=True).to_list()
    target = Target(dataset, split, create_samples)
    with importing(store, "predictions", path, target, names) as run:
        run.create_samples()
        classifiers = _imported_classifiers(store, table, path)
        changes = store.catalog.predictions.add(classifiers, run.with_sample_ids(table.rows))
        run.counts.update(asdict(changes) | {"n_samples_new": run.n_created})
    notes = [f"{len(classifiers):,} classifiers, {changes.n_classifiers_new:,} of them new"]
    return run.summary("predictions", n_rows=len(table.rows), n_new=changes.n_new, notes=notes)


def _imported_classifiers(
    store: Stores, table: ImportedPredictions, path: Path
) -> list[ClassifierRecord]:
    """Return a record of each classifier; one that names its model belongs to that encoder."""
    classifiers = []
    encoders: dict[ModelName, int] = {}
    for row in table.classifiers.iter_rows(named=True):
        encoder_id = None
        if row.get("architecture"):
            model = ModelName(row["architecture"], row.get("pretrained"))
            if model not in encoders:
                encoders[model] = imported_encoder(store, model).encoder_id
            encoder_id = encoders[model]
        classifiers.append(
            ClassifierRecord(
                name=row["classifier"],
                kind="imported",
                attribute=row["attribute"],
                encoder_id=encoder_id,
                prompt_set=row.get("prompt_set"),
                aggregation=row.get("aggregation"),
                k=row.get("k"),
                details={"file": path.name},
            )
        )
    return classifiers


def read_predictions(
    path: Path,
    *,
    classes: Mapping[str, Sequence[str]],
    column: str = "predicted",
    attribute: str | None = None,
    classifier: str | None = None,
    in_years: Collection[str] = (),
) -> ImportedPredictions:
    """Read a CSV or Parquet table of predictions.

    Parameters
    ----------
    path
        A column `file`, one of predicted classes, optionally `score`, `margin` and `value`. Many
        classifiers have a column `classifier`, or `architecture`, `pretrained`, `prompt_set`,
        `attribute`, `aggregation` and `k`, from which their names are made.
    classes
        The class names of each attribute.
    column
        Name of the column of predicted classes.
    attribute, classifier
        What is predicted and by whom, where the table does not say.
    in_years
        Attributes whose `value` is an age in years.

    Raises
    ------
    TableError
        If columns are missing, a class is unknown, a number is none or not plausible, or a
        classifier predicts a file twice.
    """
    with refusing(path):
        table = _named_columns(path, read_table(path), column)
        table = _with_attribute(path, table, attribute)
        table = _with_numbers(path, table, in_years)
        table = _with_classifier(path, table, classifier)
        _check_classes(path, table, classes)
        _check_repeats(path, table)
        described = ["classifier", *[each for each in _DESCRIPTION if each in table.columns]]
        return ImportedPredictions(
            rows=table.select("name", "classifier", "attribute", "predicted", *_NUMBERS),
            classifiers=table.select(described).unique(maintain_order=True),
        )


def _named_columns(path: Path, table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Call the columns of names and classes so, and read names as text."""
    name_column = next((each for each in FILE_COLUMNS if each in table.columns), None)
    if name_column is None or column not in table.columns:
        wanted = "file" if name_column is None else column
        problem = f"no column {wanted!r} among {preview(map(repr, table.columns), 10)}"
        raise TableError(path, problem, "Name the predictions with `column=`.")
    if column != "predicted":
        table = table.drop("predicted", strict=False).rename({column: "predicted"})
    table = table.rename({name_column: "name"})
    texts = [each for each in _TEXTS if each in table.columns]
    table = table.with_columns(pl.col("name", *texts).cast(pl.String).str.strip_chars())
    if table["name"].null_count() or (table["name"] == "").any():
        row = (table["name"].is_null() | (table["name"] == "")).arg_true()[0] + 1
        raise TableError(path, f"row {row} of the data has no file name", "Give every row a file.")
    return table.with_columns(pl.when(pl.col(each) != "").then(each).alias(each) for each in texts)


def _check_repeats(path: Path, table: pl.DataFrame) -> None:
    repeated = table.filter(table.select("classifier", "name").is_duplicated())
    if len(repeated):
        who, file = repeated["classifier"][0], repeated["name"][0]
        raise TableError(path, f"{who!r} predicts {file!r} twice", "One row a file was expected.")


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
        return table.with_columns(classifier=pl.lit(classifier))
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
        problem = f"{unnamed['name'][0]!r} has no {column} ({len(unnamed):,} such rows)"
        raise TableError(path, problem, f"Say it in every row, or remove column {column!r}.")
    return table


def _told_apart(table: pl.DataFrame) -> pl.DataFrame:
    """Add the attribute to names that several attributes share."""
    several = pl.col("attribute").n_unique().over("classifier") > 1
    longer = pl.concat_str("classifier", "attribute", separator=" ")
    return table.with_columns(classifier=pl.when(several).then(longer).otherwise("classifier"))


def _check_classes(path: Path, table: pl.DataFrame, classes: Mapping[str, Sequence[str]]) -> None:
    for (attribute,), group in table.group_by("attribute", maintain_order=True):
        known = classes.get(str(attribute))
        if known is None:
            problem = f"it predicts {attribute!r}, which no class belongs to"
            raise TableError(path, problem, f"Known attributes: {', '.join(sorted(classes))}.")
        found = group["predicted"].drop_nulls()
        wrong = found.filter(~found.is_in(list(known))).unique(maintain_order=True).to_list()
        if wrong:
            problem = f"{preview(map(repr, wrong))} is no class of {attribute!r}"
            raise TableError(path, problem, f"Expected {preview(known, 12)}.")
