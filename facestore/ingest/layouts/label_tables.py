"""Label tables: FairFace's CSV and its kin, read and checked as a whole.

A table has a column of file names, and a column for each attribute. It is refused whole if anything
in it is wrong: a label that no class of the attribute has would silently count
as a mistake of every model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from facestore.errors import TableError, counted, preview
from facestore.ingest.layouts.birthdays import ages_between
from facestore.ingest.layouts.column_offers import no_attribute
from facestore.ingest.layouts.found_labels import LABEL_SCHEMA, LabelTable, merge_tables
from facestore.ingest.layouts.label_rules import SPLIT, TAG_COLUMNS, LabelColumns, LabelRules
from facestore.ingest.layouts.label_values import (
    Meaning,
    Reading,
    read_texts,
    spreadsheet_date,
    what_is_wrong,
)
from facestore.names import FILE_COLUMNS
from facestore.table_columns import FileNames, file_names
from facestore.tables import TableRows, read_text_rows

_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no", ""}
# What an attribute may not be called: groups are.
_GROUPS, _PAIR = ("overall", "CLIP-2 race"), " x "


@dataclass(frozen=True)
class _Rows:
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

    def where(self, chosen: pl.Series) -> str:
        """Return what the rows chosen are called: `rows 2, 3 and 5 more`."""
        places = self.places.filter(chosen).to_list()
        return f"{self.what.removesuffix('s' * (len(places) == 1))} {preview(places)}"


def read_label_table(path: Path, rules: LabelRules) -> LabelTable:
    """Read a table of labels: CSV, text, JSON or Parquet.

    Parameters
    ----------
    path
        A column of files, one a known attribute (`age`, `gender`, `race`), and optionally `split`
        and `service_test`. Ages are groups, or years.
    rules
        What may be a label.

    Raises
    ------
    TableError
        If the table cannot be read, has no file or no attribute, names a file twice, or has a
        label that is no class of its attribute.
    """
    text, files, labels = read_labels(path, rules)
    source, _ = rules.known_of(text.table.columns)
    if labels.says_nothing:
        with text.telling_left_out():
            raise no_attribute(path, text.table, files.columns, rules)
    notes = []
    if text.encoding in ("cp1252", "latin-1"):
        notes.append("the table is no UTF-8 and was read as Latin-1 (or give its `encoding=NAME`)")
    if source is not None:
        notes.append(f"the table was recognised as {source.name}")
    if files.note:
        notes.append(files.note)
    return replace(labels, notes=(*notes, *labels.notes))


def read_labels(
    path: Path,
    rules: LabelRules,
    *,
    preferred: Sequence[str] = FILE_COLUMNS,
    joined: Callable[[str], str] = str,
) -> tuple[TableRows, FileNames, LabelTable]:
    """Read a table whose rows are files, and the labels in it, if it has any.

    Parameters
    ----------
    path, rules
        As for `read_label_table`.
    preferred
        What the column of files is called, likeliest first.
    joined
        Makes the name of a file of what the table calls it.

    Raises
    ------
    TableError
        As `read_label_table`, but for a table without labels.
    """
    text = read_text_rows(path, rules.mapping.encoding)
    text.check_plain(path, rules.named)
    _, mapping = rules.known_of(text.table.columns)
    with text.telling_left_out():
        files = file_names(path, text.table, mapping.file, preferred)
    written = files.names.to_list()
    names = pl.Series([None if n is None else joined(n) for n in written], dtype=pl.String)
    labels = labels_in(path, text.table, names, rules, rows=text.rows, taken=files.columns)
    return text, files, replace(labels, left_out=text.left_out)


def labels_in(
    path: Path,
    table: pl.DataFrame,
    names: pl.Series,
    rules: LabelRules,
    *,
    rows: pl.Series | None = None,
    taken: Sequence[str] = (),
) -> LabelTable:
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
    rows
        The number of each row, for messages; None: they are called by their files.
    taken
        The columns that the names are from.

    Raises
    ------
    TableError
        If a column of an attribute asked for is missing, a file has no name or is named twice, or
        a label is no class of its attribute.
    """
    columns = rules.columns_in(path, table, taken=taken)
    place = _Rows(path, "files", names) if rows is None else _Rows(path, "rows", rows)
    _check_names(place, names)
    parts = [pl.DataFrame(schema=LABEL_SCHEMA)]
    new_classes: list[tuple[str, str]] = []
    readings: list[Reading] = []
    for attribute, column in columns.of_attribute.items():
        meaning = rules.meaning(attribute, columns.mapping)
        texts = _texts(path, table, column)
        read = _read(place, texts, meaning)
        known = {*meaning.names}
        found = sorted({each.label for each in read if each.label is not None} - known)
        new_classes += [(attribute, name) for name in found]
        readings += read
        labels = _labels(texts, read).with_columns(name=names, attribute=pl.lit(attribute))
        parts.append(labels.select(list(LABEL_SCHEMA)))
    listed = names.to_list()
    return LabelTable(
        names=tuple(listed),
        labels=pl.concat(parts).filter(pl.any_horizontal(pl.col("label", "value").is_not_null())),
        tags=_tags(path, table, listed),
        splits=_splits(table, columns, listed),
        split_texts=tuple(table[columns.split].drop_nulls().unique(maintain_order=True))
        if columns.split
        else (),
        ignored=columns.ignored,
        new_classes=tuple(new_classes),
        readings=tuple(readings),
        notes=tuple(_doubts(readings)),
        says_nothing=not (columns.of_attribute or columns.split or columns.is_left_out),
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


def _check_names(place: _Rows, names: pl.Series) -> None:
    path, rows = place.path, place.places
    if names.null_count():
        row = rows.filter(names.is_null())[0]
        raise TableError(path, f"row {row} has no file name", "Give every row a file.")
    if (strange := names.str.contains("\0", literal=True)).any():
        row = rows.filter(strange)[0]
        raise TableError(path, f"row {row} has a file name with a NUL", "Check the file.")
    repeated = names.filter(names.is_duplicated()).unique(maintain_order=True).to_list()
    if repeated:
        problem = (
            f"{counted(len(repeated), 'file has', 'files have')} several rows ({preview(repeated)})"
        )
        raise TableError(path, problem, "One row a file was expected: remove the others.")


def _texts(path: Path, table: pl.DataFrame, column: str) -> pl.Series:
    """Return the texts of a column; one in braces is computed of others."""
    if column in table.columns:
        return table[column]
    return ages_between(path, table, column).alias(column)


def _read(place: _Rows, texts: pl.Series, meaning: Meaning) -> list[Reading]:
    """Return how each text is read, or refuse them all."""
    _check_attribute(place.path, meaning)
    read = read_texts(meaning, texts)
    known = [each.text for each in read]
    is_wrong = texts.is_not_null() & ~texts.is_in(known)
    if is_wrong.any():
        raise _wrong_labels(place, texts, is_wrong, meaning)
    return read


def _labels(texts: pl.Series, readings: Sequence[Reading]) -> pl.DataFrame:
    labels = {each.text: each.label for each in readings}
    values = {each.text: each.value for each in readings if each.value is not None}
    return pl.DataFrame(
        {
            "label": texts.replace_strict(labels, default=None, return_dtype=pl.String),
            "value": texts.replace_strict(values, default=None, return_dtype=pl.Float64),
        }
    )


def _check_attribute(path: Path, meaning: Meaning) -> None:
    attribute = meaning.attribute
    if not meaning.classes and (attribute in _GROUPS or _PAIR in attribute):
        problem = f"an attribute cannot be called {attribute!r}: a group of samples is"
        raise TableError(path, problem, f"Call it otherwise: `columns=NAME={attribute}`.")


def _wrong_labels(
    place: _Rows, texts: pl.Series, is_wrong: pl.Series, meaning: Meaning
) -> TableError:
    """Say which rows are wrong, and what a spreadsheet made of them if it was one."""
    wrong = texts.filter(is_wrong)
    where = f"{place.where(is_wrong)} of column {texts.name!r}"
    distinct = wrong.unique(maintain_order=True).to_list()
    repaired = {
        text: better for text in distinct if (better := spreadsheet_date(text, meaning.names))
    }
    if repaired:
        pairs = preview([f"{text!r} should be {better!r}" for text, better in repaired.items()], 6)
        return TableError(
            place.path,
            f"a spreadsheet turned {counted(len(wrong), 'value')} into dates in {where}: {pairs}",
            "Take the original file, or import the column as text.",
        )
    problem, todo = what_is_wrong(meaning, distinct)
    n = counted(len(wrong), "label")
    return TableError(place.path, f"{n} in {where}: {problem}", todo)


def _doubts(readings: Sequence[Reading]) -> list[str]:
    """Return what was read as it stands, and may be meant otherwise."""
    years = {each.value for each in readings if each.value is not None}
    # Codes of nine groups of ages look like the ages of small children.
    if len(years) > 4 and max(years) <= len(years) and all(each == int(each) for each in years):
        return [
            f"all ages are {min(years):g} to {max(years):g} years: if these numbers are codes of "
            "groups, say so with `mapping=fairface-hf` or `maps=age:0=0-2`"
        ]
    return []


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


def _splits(table: pl.DataFrame, columns: LabelColumns, names: Sequence[str]) -> dict[str, str]:
    if columns.split is None:
        return {}
    said = {
        text: columns.mapping.class_of(SPLIT, text)
        for text in table[columns.split].drop_nulls().unique()
    }
    pairs = zip(names, table[columns.split].to_list(), strict=True)
    splits = {name: text if said[text] is None else said[text] for name, text in pairs if text}
    return {name: split for name, split in splits.items() if split}
