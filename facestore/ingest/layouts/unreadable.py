"""Rows of a table that are refused: without a name, named twice, or with a label that is none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

import polars as pl

from facestore.errors import FileNamesError, TableError, counted, preview
from facestore.ingest.layouts.birthdays import ages_between
from facestore.ingest.layouts.code_lists import also_known, as_before
from facestore.ingest.layouts.label_refusals import what_is_wrong
from facestore.ingest.layouts.label_rules import SPLIT, LabelColumns, LabelRules
from facestore.ingest.layouts.label_values import Meaning, Reading, spreadsheet_date
from facestore.ingest.layouts.read_columns import ReadColumn
from facestore.mappings import LabelMapping
from facestore.names import names_groups
from facestore.spelling import fold


@dataclass(frozen=True)
class Rows:
    """Rows of a table, and what a message calls them.

    Attributes
    ----------
    path
        Where they are from.
    what
        `rows` or `files`.
    places
        Number or name of each.
    """

    path: Path
    what: str
    places: pl.Series

    def where(self, column: ReadColumn, texts: Sequence[str]) -> str:
        """Return what the rows with texts are called: `rows 2, 3 and 5 more of column 'age'`."""
        places = self.places.filter(column.texts.is_in(list(texts))).to_list()
        what = self.what.removesuffix("s" * (len(places) == 1))
        return f"{what} {preview(places)} of column {column.name!r}"


def columns_of_labels(
    path: Path, table: pl.DataFrame, rules: LabelRules, columns: LabelColumns
) -> list[ReadColumn]:
    """Return the columns of a table that have labels, with what decides how each is read.

    Raises
    ------
    TableError
        If an attribute cannot be called so, or a column that others are computed of is missing.
    """
    found = []
    for attribute, name in columns.of_attribute.items():
        meaning = rules.meaning(attribute, columns.mapping)
        check_attribute(path, meaning)
        texts = table[name] if name in table.columns else ages_between(path, table, name)
        found.append(ReadColumn(name, meaning, texts.alias(name), attribute in columns.said))
    return found


def check_named(place: Rows, names: pl.Series) -> None:
    """Refuse rows without a name, or with one that no file has."""
    path, rows = place.path, place.places
    if names.null_count():
        row = rows.filter(names.is_null())[0]
        raise TableError(path, f"row {row} has no file name", "Give every row a file.")
    if (strange := names.str.contains("\0", literal=True)).any():
        row = rows.filter(strange)[0]
        raise TableError(path, f"row {row} has a file name with a NUL", "Check the file.")


def check_names(place: Rows, names: pl.Series) -> None:
    """Refuse rows without a name, and names that several rows have."""
    check_named(place, names)
    repeated = names.filter(names.is_duplicated()).unique(maintain_order=True).to_list()
    if repeated:
        problem = (
            f"{counted(len(repeated), 'file has', 'files have')} several rows ({preview(repeated)})"
        )
        raise FileNamesError(place.path, problem, "One row a file was expected: remove the others.")


def check_attribute(path: Path, meaning: Meaning) -> None:
    """Refuse an attribute that is called as groups of samples are."""
    attribute = meaning.attribute
    if not meaning.classes and names_groups(attribute):
        problem = f"an attribute cannot be called {attribute!r}: a group of samples is"
        raise TableError(path, problem, f"Call it otherwise: `columns=NAME={attribute}`.")


def check_readable(
    place: Rows,
    table: pl.DataFrame,
    rules: LabelRules,
    taken: Sequence[str],
    read: Sequence[tuple[ReadColumn, Sequence[Reading]]],
) -> None:
    """Refuse a table whole if a text of a column cannot be read.

    Parameters
    ----------
    place
        What its rows are called.
    table, rules, taken
        As `labels_in` takes them.
    read
        The columns of labels, and how each text of them was read.

    Raises
    ------
    TableError
        With what to add to the command so that it is read.
    """
    for column, readings in read:
        if column.has_two_words_for_no:
            raise _torn(place, column)
        known = {each.text for each in readings}
        texts = [text for text in column.distinct if text not in known]
        if not texts:
            continue
        if repaired := _repaired(texts, column.meaning):
            n = int(column.texts.is_in(texts).sum())
            problem = (
                f"a spreadsheet turned {counted(n, 'value')} into dates in "
                f"{place.where(column, texts)}"
            )
            todo = "Take the original file, or import the column as text."
            raise TableError(place.path, f"{problem}: {repaired}", todo)
        raise _refused(place, table, rules, taken, [column for column, _ in read])


def _torn(place: Rows, column: ReadColumn) -> TableError:
    """Return the error about 0 beside -1, which is no in some tables, and not known in others."""
    zeros = [text for text in column.distinct if fold(text) == "0"]
    problem = f"'0' beside '-1' in {place.where(column, zeros)}"
    todo = (
        f"Say what it means: `maps={quote(f'{column.attribute}:0=')}` if it is not known, or "
        f"`maps={quote(f'{column.attribute}:0=no')}`; of all such columns `maps={quote('*:0=')}`."
    )
    return TableError(place.path, problem, todo)


def _repaired(texts: Sequence[str], meaning: Meaning) -> str:
    """Return what a spreadsheet made dates of, if it did."""
    pairs = [(text, spreadsheet_date(text, meaning.names)) for text in texts]
    return preview([f"{text!r} should be {better!r}" for text, better in pairs if better], 6)


def _refused(
    place: Rows,
    table: pl.DataFrame,
    rules: LabelRules,
    taken: Sequence[str],
    columns: Sequence[ReadColumn],
) -> TableError:
    def where(column: ReadColumn) -> str:
        n = int(column.texts.is_in(column.unread).sum())
        return f"{counted(n, 'label')} in {place.where(column, column.unread)}: "

    def tried(mapping: LabelMapping) -> list[ReadColumn] | None:
        other = replace(rules, mapping=also_known(rules.mapping, mapping))
        found = other.columns_in(place.path, table, taken=taken)
        is_same = _of_what(found, other, table) == _of_what(asked, rules, table)
        if not is_same:
            return None
        labels = columns_of_labels(place.path, table, other, found)
        now = [as_before(mapping, known[each.attribute], each) for each in labels]
        return [*now, *_splits(table, found)]

    known = {column.attribute: column for column in columns}
    asked = rules.columns_in(place.path, table, taken=taken)
    wrong = what_is_wrong(columns, tried, where, beside=_splits(table, asked))
    return TableError(place.path, *wrong)


def _of_what(columns: LabelColumns, rules: LabelRules, table: pl.DataFrame) -> tuple[object, ...]:
    """Return which columns are read, and of which the files are."""
    files = rules.known_of(table.columns)[1].file_in(table.columns)
    return columns.of_attribute, columns.split, files


def _splits(table: pl.DataFrame, columns: LabelColumns) -> list[ReadColumn]:
    """Return the column of splits, of which codes may be said as well."""
    if columns.split is None:
        return []
    meaning = Meaning(SPLIT, (), columns.mapping)
    return [ReadColumn(columns.split, meaning, table[columns.split], is_said=True)]
