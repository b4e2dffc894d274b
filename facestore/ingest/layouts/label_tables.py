"""Label tables: FairFace's CSV and its kin, read and checked as a whole.

A table has a column of file names, and a column for each attribute. It is refused whole if anything
in it is wrong: a label that no class of the attribute has would silently count
as a mistake of every model.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from facestore.errors import TableError
from facestore.ingest.layouts.column_offers import no_attribute
from facestore.ingest.layouts.found_labels import LABEL_SCHEMA, LabelTable, merge_tables
from facestore.ingest.layouts.label_rules import (
    PERSON,
    SPLIT,
    TAG_COLUMNS,
    LabelColumns,
    LabelRules,
)
from facestore.ingest.layouts.label_values import (
    Reading,
    read_texts,
)
from facestore.ingest.layouts.read_columns import YES_NO
from facestore.ingest.layouts.unreadable import (
    Rows,
    check_names,
    check_readable,
    columns_of_labels,
)
from facestore.ingest.layouts.years import years_in_doubt
from facestore.names import FILE_COLUMNS
from facestore.table_columns import FileNames, file_names, fill
from facestore.tables import TableRows, read_text_rows

_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no", ""}


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
            raise no_attribute(path, text.table, files.columns, rules, is_whole=not text.left_out)
    notes = []
    if text.encoding in ("cp1252", "latin-1"):
        notes.append("the table is no UTF-8 and was read as Latin-1 (or give its `encoding=NAME`)")
    if source is not None:
        notes.append(f"the table was recognised as {source.name}")
    if files.note:
        notes.append(files.note)
    notes += [*labels.notes, *years_in_doubt(path, labels.readings, labels.unsaid, rules)]
    return replace(labels, notes=tuple(notes))


def read_labels(
    path: Path,
    rules: LabelRules,
    *,
    preferred: Sequence[str] = FILE_COLUMNS,
    joined: Callable[[str], str] = str,
    may_be_empty: bool = False,
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
    may_be_empty
        Whether a table without rows is one, too.

    Raises
    ------
    TableError
        As `read_label_table`, but for a table without labels.
    """
    text = read_text_rows(path, rules.mapping.encoding, may_be_empty=may_be_empty)
    if text.table.is_empty():
        return text, FileNames(pl.Series(dtype=pl.String), ()), merge_tables([])
    text.check_plain(path, rules.named)
    _, mapping = rules.known_of(text.table.columns)
    with text.telling_left_out():
        files = file_names(path, text.table, mapping.file_in(text.table.columns), preferred)
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
    place = Rows(path, "files", names) if rows is None else Rows(path, "rows", rows)
    check_names(place, names)
    parts = [pl.DataFrame(schema=LABEL_SCHEMA)]
    new_classes: list[tuple[str, str]] = []
    readings: list[Reading] = []
    found_columns = columns_of_labels(path, table, rules, columns)
    pairs = [(column, read_texts(column.meaning, column.texts)) for column in found_columns]
    check_readable(place, table, rules, taken, pairs)
    for column, read in pairs:
        meaning = column.meaning
        known = {*meaning.names}
        found = sorted(_with_other({each.label for each in read if each.label}) - known)
        new_classes += [(meaning.attribute, name) for name in found]
        readings += read
        labels = _labels(column.texts, read)
        labels = labels.with_columns(name=names, attribute=pl.lit(meaning.attribute))
        parts.append(labels.select(list(LABEL_SCHEMA)))
    listed = names.to_list()
    return LabelTable(
        names=tuple(listed),
        labels=pl.concat(parts).filter(pl.any_horizontal(pl.col("label", "value").is_not_null())),
        tags=_tags(path, table, listed),
        splits=_splits(table, columns, listed),
        persons=_persons(path, table, columns, listed),
        split_texts=tuple(table[columns.split].drop_nulls().unique(maintain_order=True))
        if columns.split
        else (),
        ignored=columns.ignored,
        new_classes=tuple(new_classes),
        readings=tuple(readings),
        notes=(f"who is shown is read from {columns.person!r}",) if columns.person else (),
        unsaid=frozenset(each.attribute for each in found_columns if not each.is_said),
        says_nothing=not (
            columns.of_attribute or columns.split or columns.is_left_out or PERSON in columns.said
        ),
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


def _with_other(classes: set[str]) -> set[str]:
    """Return classes, and `no` beside `yes`: where all pictures are of one, the other is known."""
    return classes | YES_NO if classes and classes <= YES_NO else classes


def _labels(texts: pl.Series, readings: Sequence[Reading]) -> pl.DataFrame:
    labels = {each.text: each.label for each in readings}
    values = {each.text: each.value for each in readings if each.value is not None}
    return pl.DataFrame(
        {
            "label": texts.replace_strict(labels, default=None, return_dtype=pl.String),
            "value": texts.replace_strict(values, default=None, return_dtype=pl.Float64),
        }
    )


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


def _persons(
    path: Path, table: pl.DataFrame, columns: LabelColumns, names: Sequence[str]
) -> dict[str, str]:
    """Return who each file shows; a value that is said to be no label is nobody."""
    if columns.person is None:
        return {}
    texts = table[columns.person] if columns.person in table.columns else None
    if texts is None:
        texts, _ = fill(path, table, columns.person)
    said: dict[str, str] = {}
    if columns.mapping.speaks_of(PERSON):
        of = {text: columns.mapping.class_of(PERSON, text) for text in texts.drop_nulls().unique()}
        said = {text: name for text, name in of.items() if name is not None}
    persons = zip(names, texts.str.strip_chars().to_list(), strict=True)
    return {name: who for name, text in persons if text and (who := said.get(text, text))}
