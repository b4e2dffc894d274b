"""Label tables: FairFace's CSV and its kin, read and checked as a whole.

A table has a column `file`, and a column for each attribute. It is refused whole if anything in
it is wrong: a label that no class of the attribute has would silently count
as a mistake of every model.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.names import FILE_COLUMNS
from facestore.records import AttributeClass
from facestore.tables import read_text_table

LABEL_SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "attribute": pl.String(),
        "label": pl.String(),
        "value": pl.Float64(),
    }
)
TAG_COLUMNS = ("service_test",)
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


@dataclass(frozen=True)
class LabelRules:
    """What may be a label.

    Attributes
    ----------
    classes
        The classes of every known attribute.
    attributes
        Columns to read as attributes besides the known ones.
    new_classes
        Take labels that no class has as new classes.
    """

    classes: Mapping[str, Sequence[AttributeClass]]
    attributes: Sequence[str] = ()
    new_classes: bool = False

    def attribute_of(self, labels: Iterable[str]) -> str | None:
        """Return the attribute that labels without a column belong to.

        That is the one asked for, or else the only one whose classes include all of them.
        """
        if self.attributes:
            return self.attributes[0] if len(self.attributes) == 1 else None
        wanted = set(labels)
        fitting = [
            name
            for name, classes in self.classes.items()
            if wanted and wanted <= {each.name for each in classes}
        ]
        return fitting[0] if len(fitting) == 1 else None


def read_label_table(path: Path, rules: LabelRules) -> LabelTable:
    """Read a CSV or Parquet table of labels.

    Parameters
    ----------
    path
        Columns `file`, one a known attribute (`age`, `gender`, `race`), and optionally `split` and
        `service_test`. Ages are groups, or years.
    rules
        What may be a label.

    Raises
    ------
    TableError
        If the table cannot be read, has no `file` or no attribute, names a file twice, or has a
        label that is no class of its attribute.
    """
    table = read_text_table(path)
    name_column = _name_column(path, table)
    labels = labels_in(path, table.drop(name_column), table[name_column], rules)
    known = {*rules.classes, *rules.attributes}
    if labels.labels.is_empty() and known.isdisjoint(table.columns):
        raise TableError(
            path,
            f"no column of a known attribute among {preview(map(repr, table.columns), 8)}",
            "Expected age, gender or race, or name others with `attributes=`.",
        )
    return labels


def labels_in(path: Path, table: pl.DataFrame, names: pl.Series, rules: LabelRules) -> LabelTable:
    """Read the labels in a table, if it has any.

    Parameters
    ----------
    path
        Where it is from, for messages.
    table
        Columns of text.
    names
        The file of each row.
    rules
        What may be a label.

    Raises
    ------
    TableError
        If a column of an attribute asked for is missing, a file has no name or is named twice, or
        a label is no class of its attribute.
    """
    columns = [c for c in table.columns if c in rules.classes or c in rules.attributes]
    missing = [attribute for attribute in rules.attributes if attribute not in table.columns]
    if missing:
        raise TableError(path, f"no column {missing[0]!r}", f"It has {preview(table.columns, 12)}.")
    _check_names(path, names)
    parts = [pl.DataFrame(schema=LABEL_SCHEMA)]
    new_classes: list[tuple[str, str]] = []
    for attribute in columns:
        classes = rules.classes.get(attribute, ())
        labels = _labels(path, table[attribute], classes, rules.new_classes)
        known = {each.name for each in classes}
        new_classes += [(attribute, n) for n in sorted(set(labels["label"].drop_nulls()) - known)]
        parts.append(
            labels.with_columns(name=names, attribute=pl.lit(attribute)).select(list(LABEL_SCHEMA))
        )
    listed = names.to_list()
    used = {"split", *columns, *TAG_COLUMNS}
    return LabelTable(
        names=tuple(listed),
        labels=pl.concat(parts).filter(pl.any_horizontal(pl.col("label", "value").is_not_null())),
        tags=_tags(path, table, listed),
        splits=_splits(table, listed),
        ignored=tuple(column for column in table.columns if column not in used),
        new_classes=tuple(new_classes),
    )


def merge_tables(tables: Sequence[LabelTable]) -> LabelTable:
    """Put tables of different files together."""
    empty = pl.DataFrame(schema=LABEL_SCHEMA)
    return LabelTable(
        names=tuple(name for each in tables for name in each.names),
        labels=pl.concat([empty, *(each.labels for each in tables)]),
        tags={name: tags for each in tables for name, tags in each.tags.items()},
        splits={name: split for each in tables for name, split in each.splits.items()},
        ignored=tuple(dict.fromkeys(column for each in tables for column in each.ignored)),
        malformed=tuple(name for each in tables for name in each.malformed),
        new_classes=tuple(dict.fromkeys(pair for each in tables for pair in each.new_classes)),
    )


def single_labels(
    path: Path, label_of: Mapping[str, str], rules: LabelRules, what: str
) -> LabelTable:
    """Read one label a file, of an attribute that no column names; `what` says where they are."""
    if not label_of:
        return merge_tables([])
    attribute = rules.attribute_of(label_of.values())
    if attribute is None:
        return LabelTable(
            (), pl.DataFrame(schema=LABEL_SCHEMA), ignored=(f"{what} (which attribute is it?)",)
        )
    text = pl.DataFrame({attribute: list(label_of.values())}, schema={attribute: pl.String})
    return labels_in(path, text, pl.Series(list(label_of), dtype=pl.String), rules)


def label_of_value(value: float, classes: Sequence[AttributeClass]) -> str | None:
    """Return the class that a number falls into, or None."""
    return next((each.name for each in classes if each.holds(value)), None)


def _name_column(path: Path, table: pl.DataFrame) -> str:
    for column in FILE_COLUMNS:
        if column in table.columns:
            return column
    raise TableError(
        path,
        f"no column 'file' among {preview(map(repr, table.columns), 8)}",
        "Expected file,age,gender,race[,service_test], separated by commas.",
    )


def _check_names(path: Path, names: pl.Series) -> None:
    if names.null_count():
        row = names.is_null().arg_true()[0] + 2
        raise TableError(path, f"row {row} has no file name", "Give every row a file.")
    if (strange := names.str.contains("\0", literal=True)).any():
        row = strange.arg_true()[0] + 2
        raise TableError(path, f"row {row} has a file name with a NUL", "Check the file.")
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
        f"Expected {expected}; if they are meant, repeat with `new_classes=True`.",
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
    for column in TAG_COLUMNS:
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
