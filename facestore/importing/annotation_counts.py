"""Columns that count annotators, one a class: `skin_tone_1` ... `skin_tone_10`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from facestore.errors import TableError, preview
from facestore.ingest.layouts.label_refusals import one_by_one
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_values import Meaning, Reading
from facestore.ingest.layouts.unreadable import check_attribute
from facestore.spelling import column_of, fold
from facestore.tables import TableRows

# Where the class stands in the name of a column.
CLASS_FIELD = "{class}"
# No sample has so many annotators: a number above is something else.
_MOST = 1_000_000
_COUNT = re.compile(r"\+?0*(\d{1,7})(?:\.0*)?")


@dataclass(frozen=True)
class CountColumns:
    """Columns of counts of an attribute.

    Attributes
    ----------
    attribute
        What is annotated.
    columns
        Column -> the class that it counts; None: it counts those who gave no label.
    readings
        How the names of the columns were read.
    new_classes
        (attribute, class) pairs that were not known.
    """

    attribute: str
    columns: Mapping[str, str | None]
    readings: tuple[Reading, ...]
    new_classes: tuple[tuple[str, str], ...]


def count_columns(path: Path, table: pl.DataFrame, rules: LabelRules) -> list[CountColumns]:
    """Find the columns of counts in a table.

    Parameters
    ----------
    path
        Where it is from, for messages.
    table
        Columns of text, without those of files and annotators.
    rules
        What may be a label. Columns of counts are those which fit a pattern `n_{class}` that the
        user gave, or `NAME_{class}` of an attribute that has no column of its own: one asked for,
        or where none is, one with such columns of two of its classes.

    Raises
    ------
    TableError
        If a pattern fits no column, or a column names no class.
    """
    patterns = {a: c for a, c in rules.mapping.columns.items() if CLASS_FIELD in c}
    for attribute in rules.attributes or rules.classes:
        is_free = attribute not in rules.mapping.columns and not rules.takes_all
        pattern = f"{attribute}_{CLASS_FIELD}"
        fitting = _fitting(table.columns, pattern)
        is_free = is_free and column_of(attribute, table.columns) is None
        if is_free and fitting and (rules.attributes or _are_classes(rules, attribute, fitting)):
            patterns[attribute] = pattern
    return [_of_pattern(path, table, rules, a, pattern) for a, pattern in patterns.items()]


def _fitting(columns: Sequence[str], pattern: str) -> dict[str, str]:
    """Return the columns that fit a pattern, each with what stands for the class."""
    before, _, after = pattern.partition(CLASS_FIELD)
    form = re.compile(f"{re.escape(before)}(.+){re.escape(after)}", re.IGNORECASE)
    return {name: found[1] for name in columns if (found := form.fullmatch(name))}


def _are_classes(rules: LabelRules, attribute: str, fitting: Mapping[str, str]) -> bool:
    """Say whether columns name classes of an attribute, two at least, or no label."""
    meaning = rules.meaning(attribute)
    read = [meaning.read(text) for text in fitting.values()]
    found = {each[0] for each in read if each is not None} - {None}
    return None not in read and len(found) > 1


def _of_pattern(
    path: Path, table: pl.DataFrame, rules: LabelRules, attribute: str, pattern: str
) -> CountColumns:
    fitting = _fitting(table.columns, pattern)
    if not fitting:
        problem = f"no column {pattern!r} among {preview(map(repr, table.columns), 12)}"
        raise TableError(path, problem, f"Correct `columns={attribute}={pattern}`.")
    _, mapping = rules.known_of(table.columns)
    meaning = rules.meaning(attribute, mapping)
    check_attribute(path, meaning)
    read = {column: meaning.read(text) for column, text in fitting.items()}
    if unread := [column for column, decision in read.items() if decision is None]:
        raise _no_class(path, meaning, {each: fitting[each] for each in unread})
    classes = {column: decision[0] for column, decision in read.items() if decision is not None}
    readings = [
        Reading(pattern, attribute, text, classes[column]) for column, text in fitting.items()
    ]
    named = dict.fromkeys(name for name in classes.values() if name is not None)
    known = {fold(name) for name in meaning.names}
    new = [(attribute, name) for name in named if fold(name) not in known]
    return CountColumns(attribute, classes, tuple(readings), tuple(new))


def _no_class(path: Path, meaning: Meaning, unread: Mapping[str, str]) -> TableError:
    attribute = meaning.attribute
    problem = f"no class of {attribute!r} in the names of columns {preview(map(repr, unread), 8)}"
    expected = f"Expected {preview(meaning.names, 12)}" if meaning.names else "It is new"
    ways = [one_by_one(meaning, list(unread.values()))] if meaning.names else []
    ways.append("for new classes add `new_classes=True`")
    return TableError(path, problem, f"{'; '.join([expected, *ways])}.")


def counts_in(path: Path, text: TableRows, names: pl.Series, columns: CountColumns) -> pl.DataFrame:
    """Return the counts of a table: name, attribute, annotator (NULL), label, n, a row a class.

    Parameters
    ----------
    path, text
        The table.
    names
        The file of each row.
    columns
        Which columns count what.

    Raises
    ------
    TableError
        If a cell is no count.
    """
    parts = []
    for column, label in columns.columns.items():
        n = counts_of(path, text, column)
        if label is not None:
            parts.append(pl.DataFrame({"name": names, "n": n}).with_columns(label=pl.lit(label)))
    none = pl.lit(None, pl.String)
    empty = pl.DataFrame(schema={"name": pl.String, "n": pl.Int64, "label": pl.String})
    # two columns may count the same class
    found = pl.concat([empty, *parts]).group_by("name", "label", maintain_order=True).sum()
    return found.with_columns(attribute=pl.lit(columns.attribute), annotator=none)


def counts_of(path: Path, text: TableRows, column: str) -> pl.Series:
    """Return a column of counts; an empty cell is 0.

    Raises
    ------
    TableError
        If a cell is no count.
    """
    found = text.table[column]
    read = {each: _COUNT.fullmatch(each) for each in found.drop_nulls().unique()}
    numbers = {each: int(number[1]) for each, number in read.items() if number is not None}
    good = [each for each, number in numbers.items() if number <= _MOST]
    bad = found.is_not_null() & ~found.is_in(good)
    if bad.any():
        row, value = text.rows.filter(bad)[0], found.filter(bad)[0]
        problem = f"row {row} of column {column!r} has {value!r}"
        raise TableError(path, problem, "Expected how many annotators say it: 0, 1, 2 ...")
    return found.replace_strict(numbers, default=0, return_dtype=pl.Int64).alias("n")
