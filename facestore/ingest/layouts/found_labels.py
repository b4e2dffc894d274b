"""Labels by file name, as they were found; those of several tables are put together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from facestore.ingest.layouts.label_values import Reading, merged_readings, readings_in_words
from facestore.tables import left_out_in_words

LABEL_SCHEMA = pl.Schema(
    {
        "name": pl.String(),
        "attribute": pl.String(),
        "label": pl.String(),
        "value": pl.Float64(),
    }
)


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
    persons
        Name -> who it shows, where the table has a column for it.
    split_texts
        What the columns of splits have, each once.
    ignored
        Columns that were not read.
    malformed
        Names that were expected to say their labels and do not.
    new_classes
        (attribute, class) pairs that the store does not know yet.
    readings
        How each text was read.
    notes
        What else the user should know, a fact a line.
    left_out
        Column -> number of rows in which it holds a list, an object or bytes, which are not read.
    unsaid
        Attributes of which nobody named the column: whether numbers in it are years is in doubt.
    says_nothing
        Whether no column is one of an attribute, or of splits, and none was left out on purpose.
    """

    names: tuple[str, ...]
    labels: pl.DataFrame
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    splits: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)
    split_texts: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()
    new_classes: tuple[tuple[str, str], ...] = ()
    readings: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    unsaid: frozenset[str] = frozenset()
    says_nothing: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """The notes, and what was left out."""
        return (*self.notes, *([left_out_in_words(self.left_out)] if self.left_out else ()))

    @property
    def all_notes(self) -> tuple[str, ...]:
        """The facts, and what was read otherwise than written."""
        return (*self.facts, *readings_in_words(self.readings))


def merge_tables(tables: Sequence[LabelTable]) -> LabelTable:
    """Put tables of different files together."""
    empty = pl.DataFrame(schema=LABEL_SCHEMA)
    return LabelTable(
        names=tuple(name for each in tables for name in each.names),
        labels=pl.concat([empty, *(each.labels for each in tables)]),
        tags={name: tags for each in tables for name, tags in each.tags.items()},
        splits={name: split for each in tables for name, split in each.splits.items()},
        persons={name: who for each in tables for name, who in each.persons.items()},
        split_texts=tuple(dict.fromkeys(text for each in tables for text in each.split_texts)),
        ignored=tuple(dict.fromkeys(column for each in tables for column in each.ignored)),
        malformed=tuple(name for each in tables for name in each.malformed),
        new_classes=tuple(dict.fromkeys(pair for each in tables for pair in each.new_classes)),
        readings=merged_readings([reading for each in tables for reading in each.readings]),
        notes=tuple(dict.fromkeys(note for each in tables for note in each.notes)),
        left_out=_summed(each.left_out for each in tables),
        unsaid=frozenset(attribute for each in tables for attribute in each.unsaid),
    )


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for each in counts:
        summed.update(each)
    return dict(summed)
