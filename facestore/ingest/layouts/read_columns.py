"""Columns of labels: what is in them, and what is in doubt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from facestore.ingest.layouts.label_values import Decision, Meaning
from facestore.mapping_texts import ANY_ATTRIBUTE
from facestore.spelling import fold

_FLAGS = {"0", "1", "-1"}
# What the mapping yes-no reads.
_YES_NO_WORDS = {*_FLAGS, "yes", "no", "true", "false", "y", "n", "t", "f"}
YES_NO = frozenset({"yes", "no"})


@dataclass(frozen=True, eq=False)
class ReadColumn:
    """A column of labels.

    Attributes
    ----------
    name
        Of the column; '': it cannot be named.
    meaning
        What decides how it is read.
    texts
        What is in it.
    is_said
        Whether somebody said of which attribute it is, so that numbers in it are years.
    may_be_left_out
        Whether the rest of the table can be read without it.
    """

    name: str
    meaning: Meaning
    texts: pl.Series
    is_said: bool = False
    may_be_left_out: bool = True

    @property
    def attribute(self) -> str:
        """What it has labels of."""
        return self.meaning.attribute

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """Its texts, each once."""
        return tuple(self.texts.drop_nulls().unique(maintain_order=True).to_list())

    @cached_property
    def read(self) -> Mapping[str, Decision]:
        """How its texts are read; those that cannot be read, or are in doubt, are missing."""
        found = {t: read for t in self.distinct if (read := self.meaning.read(t)) is not None}
        if not self.is_in_doubt:
            return found
        return {text: read for text, read in found.items() if read[0] is None}

    @cached_property
    def unread(self) -> list[str]:
        """The texts that cannot be read, or are in doubt."""
        return [text for text in self.distinct if text not in self.read]

    @cached_property
    def is_in_doubt(self) -> bool:
        """Whether it has 0, 1 and -1 for years, and nobody said that these are years."""
        if self.is_said or not self.meaning.has_years:
            return False
        found = False
        for text in self.distinct:
            read = self.meaning.read(text)
            if read is not None and read[0] is None:
                continue
            is_number = read is None or read[1] is not None
            if not (is_number and are_flags([text])):
                return False
            found = True
        return found

    @property
    def says_yes_or_no(self) -> bool:
        """Whether all texts that can be read are of a new attribute, and say yes or no."""
        labels = {label for label, _ in self.read.values() if label is not None}
        return not self.meaning.names and bool(labels) and labels <= YES_NO

    @property
    def has_two_words_for_no(self) -> bool:
        """Whether it has 0 beside -1, and no more than a list of codes says that both are no."""
        if not {"0", "-1"} <= {fold(text) for text in self.distinct}:
            return False
        mapping = self.meaning.mapping
        is_own = "0" in mapping.values.get(self.attribute, {})
        return (self.attribute if is_own else ANY_ATTRIBUTE, "0") in mapping.known


def are_yes_no(texts: Iterable[str]) -> bool:
    """Say whether there are texts, and all of them may be meant for yes or no."""
    folded = {fold(text) for text in texts}
    return bool(folded) and folded <= _YES_NO_WORDS


def are_flags(texts: Iterable[str]) -> bool:
    """Say whether there are texts, and all of them are 0, 1 or -1: codes, or yes and no."""
    folded = {fold(text) for text in texts}
    return bool(folded) and folded <= _FLAGS
