"""Predictions as classes of the store: each attribute's are read as its labels would be."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from facestore.errors import TableError
from facestore.ingest.layouts.code_lists import also_read_by
from facestore.ingest.layouts.label_refusals import what_is_wrong
from facestore.ingest.layouts.label_values import Meaning, Reading, read_texts
from facestore.ingest.layouts.read_columns import ReadColumn
from facestore.mappings import LabelMapping
from facestore.records import AttributeClass


def with_classes(
    path: Path,
    table: pl.DataFrame,
    classes: Mapping[str, Sequence[AttributeClass]],
    mapping: LabelMapping,
    columns: Mapping[str, str],
    said: Collection[str],
) -> tuple[pl.DataFrame, list[Reading]]:
    """Return the predictions as classes of the store, and how they were read.

    Parameters
    ----------
    path
        Where they are from, for messages.
    table
        Has `attribute`, `predicted` and `value`.
    classes
        The classes of each attribute.
    mapping
        What was said of values.
    columns
        Attribute -> the column that could be named for it.
    said
        Attributes of which the column was named.

    Raises
    ------
    TableError
        If an attribute or a class is unknown, or it is in doubt whether numbers are years.
    """
    read: list[tuple[pl.DataFrame, ReadColumn]] = []
    for (key,), rows in table.group_by("attribute", maintain_order=True):
        attribute = str(key)
        if attribute not in classes:
            problem = f"it predicts {attribute!r}, which no class belongs to"
            todo = (
                f"Known attributes: {', '.join(sorted(classes))}. Classes that no label has come "
                "with a prompt set: `facestore prompts add FILE`."
            )
            raise TableError(path, problem, todo)
        meaning = Meaning(attribute, classes[attribute], mapping, may_be_new=False)
        texts = rows["predicted"].cast(pl.String).alias(attribute)
        column = ReadColumn(
            columns.get(attribute, ""),
            meaning,
            texts,
            is_said=attribute in said,
            may_be_left_out=len(said) > 1,
        )
        read.append((rows, column))
    labels = [column for _, column in read]
    if any(column.unread for column in labels):

        def tried(known: LabelMapping) -> list[ReadColumn]:
            return [also_read_by(known, column) for column in labels]

        raise TableError(path, *what_is_wrong(labels, tried, lambda _: ""))
    parts, readings = [], []
    for rows, column in read:
        found = read_texts(column.meaning, column.texts)
        parts.append(_as_classes(rows, column.texts, found))
        readings += found
    return pl.concat(parts) if parts else table, readings


def _as_classes(rows: pl.DataFrame, texts: pl.Series, read: Sequence[Reading]) -> pl.DataFrame:
    label_of = {each.text: each.label for each in read}
    labels = texts.replace_strict(label_of, default=None, return_dtype=pl.String)
    rows = rows.with_columns(predicted=labels)
    if not rows["value"].is_null().all():
        return rows
    years = {each.text: each.value for each in read if each.value is not None}
    value = texts.replace_strict(years, default=None, return_dtype=pl.Float64)
    return rows.with_columns(value=value)
