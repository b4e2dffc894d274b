"""Label tables: FairFace's CSV and its kin, read and checked as a whole.

A table has a column `file`, and a column for each attribute. It is refused whole if anything in
it is wrong: a label that no class of the attribute has would silently count
as a mistake of every model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.names import FILE_COLUMNS
from facestore.records import AttributeClass

LABEL_SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "attribute": pl.String(),
        "label": pl.String(),
        "value": pl.Float64(),
    }
)
_TAG_COLUMNS = ("service_test",)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no", ""}


@dataclass(frozen=True)
class LabelTable:
    """Labels by file name.

    Attributes
    ----------
    names
        File names, as the table writes them.
    labels
        Columns of `LABEL_SCHEMA`, one row a name and attribute.
    tags
        Name -> tags to slice by.
    splits
        Name -> split, where the table has a column for it.
    ignored
        Columns that were not read.
    malformed
        Names that were expected to say their labels and do not.
    new_classes
        (attribute, class) pairs that the store does not know yet.
    """

    names: tuple[str, ...]
    labels: pl.DataFrame
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    new_classes: tuple[tuple[str, str], ...] = ()


def read_label_table(
    path: Path,
    classes: Mapping[str, Sequence[AttributeClass]],
    *,
    attributes: Sequence[str] = (),
    allow_new_classes: bool = False,
) -> LabelTable:
    """Read a CSV or Parquet table of labels.

    Parameters
    ----------
    path
        Columns `file`, one a known attribute (`age`, `gender`, `race`), and optionally `split` and
        `service_test`. Ages are groups, or years.
    classes
        The classes of every known attribute.
    attributes
        Columns to read as attributes besides the known ones.
    allow_new_classes
        Take labels that no class has as new classes.

    Raises
    ------
    TableError
        If the table cannot be read, has no `file` or no attribute, names a file twice, or has a
        label that is no class of its attribute.
    """
    table = _read_strings(path)
    name_column = _name_column(path, table)
    columns = [c for c in table.columns if c in classes or c in attributes]
    _check_columns(path, table, columns, attributes)
    _check_names(path, table[name_column])
    names = table[name_column].to_list()
    parts, new_classes = [], []
    for attribute in columns:
        labels = _labels(path, table[attribute], classes.get(attribute, ()), allow_new_classes)
        known = {each.name for each in classes.get(attribute, ())}
        new_classes += [(attribute, n) for n in sorted(set(labels["label"].drop_nulls()) - known)]
        parts.append(
            labels.with_columns(name=table[name_column], attribute=pl.lit(attribute)).select(
                list(LABEL_SCHEMA)
            )
        )
    used = {name_column, "split", *columns, *_TAG_COLUMNS}
    return LabelTable(
        names=tuple(names),
        labels=pl.concat(parts).filter(pl.any_horizontal(pl.col("label", "value").is_not_null())),
        tags=_tags(path, table, names),
        splits=_splits(table, names),
        ignored=tuple(column for column in table.columns if column not in used),
        new_classes=tuple(new_classes),
    )


def label_of_value(value: float, classes: Sequence[AttributeClass]) -> str | None:
    """Return the class that a number falls into, or None."""
    return next((each.name for each in classes if each.holds(value)), None)


def _read_strings(path: Path) -> pl.DataFrame:
    """Read every column as text, with blanks around values removed and empty ones NULL."""
    if not path.is_file():
        raise TableError(path, "there is no such file", "Check the path.")
    try:
        if path.suffix.lower() == ".parquet":
            table = pl.read_parquet(path)
        else:
            separator = "\t" if path.suffix.lower() == ".tsv" else ","
            table = pl.read_csv(path, infer_schema=False, separator=separator)
        text = table.select(pl.all().cast(pl.String).str.strip_chars())
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise TableError(path, f"not readable as a table ({reason})", "Check the file.") from error
    return text.select(pl.when(pl.all() != "").then(pl.all()))


def _name_column(path: Path, table: pl.DataFrame) -> str:
    for column in FILE_COLUMNS:
        if column in table.columns:
            return column
    raise TableError(
        path,
        f"no column 'file' among {preview(map(repr, table.columns), 8)}",
        "Expected file,age,gender,race[,service_test], separated by commas.",
    )


def _check_columns(
    path: Path, table: pl.DataFrame, columns: Sequence[str], attributes: Sequence[str]
) -> None:
    missing = [attribute for attribute in attributes if attribute not in table.columns]
    if missing:
        raise TableError(path, f"no column {missing[0]!r}", f"It has {', '.join(table.columns)}.")
    if not columns:
        raise TableError(
            path,
            f"no column of a known attribute among {preview(map(repr, table.columns), 8)}",
            "Expected age, gender or race, or name others with --attribute.",
        )


def _check_names(path: Path, names: pl.Series) -> None:
    if names.null_count():
        row = names.is_null().arg_true()[0] + 2
        raise TableError(path, f"row {row} has no file name", "Give every row a file.")
    repeated = names.filter(names.is_duplicated()).unique(maintain_order=True).to_list()
    if repeated:
        problem = f"{len(repeated):,} files have several rows ({preview(repeated)})"
        raise TableError(path, problem, "One row a file was expected: remove the others.")


def _labels(
    path: Path, column: pl.Series, classes: Sequence[AttributeClass], allow_new: bool
) -> pl.DataFrame:
    """Turn one column into labels and values, by its distinct texts."""
    known = {each.name for each in classes}
    has_values = any(each.low is not None for each in classes)
    labels: dict[str, str | None] = {}
    values: dict[str, float] = {}
    for text in column.drop_nulls().unique().to_list():
        years = float(text) if has_values and re.fullmatch(r"\d{1,3}(\.\d+)?", text) else None
        if text in known or (allow_new and years is None and not _spreadsheet(text, known)):
            labels[text] = text
        elif years is not None and (label := label_of_value(years, classes)) is not None:
            labels[text], values[text] = label, years
    wrong = column.filter(column.is_not_null() & ~column.is_in(list(labels)))
    if len(wrong):
        raise _wrong_labels(path, column, wrong, known)
    return pl.DataFrame(
        {
            "label": column.replace_strict(labels, default=None, return_dtype=pl.String),
            "value": column.replace_strict(values, default=None, return_dtype=pl.Float64),
        }
    )


def _wrong_labels(path: Path, column: pl.Series, wrong: pl.Series, known: set[str]) -> TableError:
    """Say which rows are wrong, and what a spreadsheet made of them if it was one."""
    rows = (column.is_in(wrong.unique().to_list())).arg_true() + 2  # line 1 is the header
    where = f"rows {preview(rows.to_list())} of column {column.name!r}"
    texts = wrong.unique(maintain_order=True).to_list()
    repaired = {text: better for text in texts if (better := _spreadsheet(text, known))}
    if repaired:
        pairs = preview([f"{text!r} should be {better!r}" for text, better in repaired.items()], 6)
        return TableError(
            path,
            f"a spreadsheet turned {len(wrong):,} values into dates in {where}: {pairs}",
            "Take the original file, or import the column as text.",
        )
    shown = preview(map(repr, texts))
    expected = preview(sorted(known), 12) if known else "known classes"
    return TableError(
        path,
        f"{len(wrong):,} labels in {where} are no class of it: {shown}",
        f"Expected {expected}; if they are meant, repeat with --new-classes.",
    )


def _spreadsheet(text: str, known: set[str]) -> str | None:
    """Return the range that a spreadsheet took for a date: `3-9` for `9-Mar` or `2025-09-03`."""
    numbers = [
        _MONTHS.get(part[:3].lower()) or (int(part) if part.isdigit() else None)
        for part in re.split(r"[-/. ]+", text)
    ]
    if None in numbers or not 2 <= len(numbers) <= 3:
        return None
    small = sorted(number for number in numbers if number is not None and number <= 31)
    candidates = {f"{one}-{two}" for one in small for two in small if one < two}
    return next(iter(sorted(candidates & known)), None) if text not in known else None


def _tags(path: Path, table: pl.DataFrame, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    tags: dict[str, tuple[str, ...]] = {}
    for column in _TAG_COLUMNS:
        if column not in table.columns:
            continue
        flags = table[column].fill_null("").str.to_lowercase()
        unknown = flags.filter(~flags.is_in([*_TRUE, *_FALSE]))
        if len(unknown):
            problem = f"column {column!r} has {unknown[0]!r}"
            raise TableError(path, problem, "Expected True or False.")
        for name, flag in zip(names, flags, strict=True):
            if flag in _TRUE:
                tags[name] = (*tags.get(name, ()), column)
    return tags


def _splits(table: pl.DataFrame, names: Sequence[str]) -> dict[str, str]:
    if "split" not in table.columns:
        return {}
    pairs = zip(names, table["split"].to_list(), strict=True)
    return {name: split for name, split in pairs if split is not None}
