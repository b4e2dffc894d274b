"""Numbers that are read as years, and may be codes, or yes and no."""

from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from facestore.errors import TableError, counted
from facestore.ingest.layouts.label_refusals import what_is_wrong
from facestore.ingest.layouts.label_rules import LabelRules
from facestore.ingest.layouts.label_values import Reading
from facestore.ingest.layouts.read_columns import ReadColumn, are_flags
from facestore.mappings import known_sources


def years_in_doubt(
    path: Path, readings: Sequence[Reading], unsaid: Collection[str], rules: LabelRules
) -> list[str]:
    """Refuse years that are 0 and 1 alone, and return what else may be meant otherwise.

    Asked of a whole source: one tar of many may well have infants alone.

    Parameters
    ----------
    path
        Where they are from, for messages.
    readings
        How all labels were read.
    unsaid
        The attributes of which nobody named the column.
    rules
        What may be a label.

    Raises
    ------
    TableError
        If an attribute has 0 and 1 alone, and nobody said that they are years.
    """
    notes = []
    for attribute in sorted(unsaid):
        read = [each for each in readings if each.attribute == attribute and each.label is not None]
        years = [each.value for each in read if each.value is not None]
        if not years or len(years) < len(read):
            continue
        if are_flags(each.text for each in read):
            raise _refused(path, read, rules)
        # Codes of nine groups of ages look like the ages of small children.
        if len({*years}) > 2 and max(years) <= len({*years}) and all(y == int(y) for y in years):
            notes.append(_may_be_codes(attribute, read, years, rules))
    return notes


def _refused(path: Path, read: Sequence[Reading], rules: LabelRules) -> TableError:
    texts = pl.Series([each.text for each in read], dtype=pl.String)
    column = ReadColumn(read[0].column, rules.meaning(read[0].attribute), texts)
    n = counted(sum(each.n for each in read), "label")
    where = f"{n} in column {column.name!r}: "
    return TableError(path, *what_is_wrong([column], lambda _: None, lambda _: where))


def _may_be_codes(
    attribute: str, read: Sequence[Reading], years: Sequence[float], rules: LabelRules
) -> str:
    said = [
        source.name
        for source in known_sources().values()
        if all(source.mapping.class_of(attribute, each.text) for each in read)
    ]
    whole = f", or `mapping={said[0]}`" if said and not rules.mapping.is_named else ""
    name = rules.classes[attribute][0].name
    return (
        f"every {attribute} is from {min(years):g} to {max(years):g} years: if these numbers are "
        f"codes of groups, say what each means, as with `maps={attribute}:0={name}`{whole}"
    )
