"""What the texts of a column mean: classes, years, or no label; nothing is guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from facestore.config import AGES
from facestore.errors import preview
from facestore.mapping_texts import ANY_ATTRIBUTE
from facestore.mappings import LabelMapping, known_sources
from facestore.records import AttributeClass
from facestore.spelling import UNIT, class_of, fold, span_of, spellings, synonyms_of

# A label and years, both None where a text is no label.
Decision = tuple[str | None, float | None]

# So many readings, or lines of them, are shown.
_N_LINES = 8
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_THOUSANDS = r"[1-9]\d{0,2}(?:[,_’'\s]\d{3})+(?:\.\d+)?"
_YEARS = re.compile(rf"([+-]?)(?:({_THOUSANDS})|(\d+(?:[.,]\d+)?))(?:{UNIT})?", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """How one text of a column is read.

    Attributes
    ----------
    column, attribute
        Where it stands, and of what it is a label.
    text
        As written.
    label
        The class; None: it is no label.
    value
        Years.
    n
        Number of rows.
    """

    column: str
    attribute: str
    text: str
    label: str | None
    value: float | None = None
    n: int = 1

    @property
    def is_as_written(self) -> bool:
        """Whether the text is the name of the class, or a number of years."""
        return self.value is not None or self.text == self.label

    @property
    def words(self) -> str:
        """The reading in words: `'f' as Female (3)`."""
        return f"{self.text!r} as {self.label or 'no label'} ({self.n:,})"


@dataclass(frozen=True)
class Meaning:
    """What decides how the texts of an attribute are read.

    Attributes
    ----------
    attribute
        What they are labels of.
    classes
        Its classes; none: it is new.
    mapping
        What the user said, or is known of the source.
    new_classes
        Whether other names are new classes.
    may_be_new
        Whether the user may ask for new classes: labels may have them, predictions not.
    """

    attribute: str
    classes: Sequence[AttributeClass]
    mapping: LabelMapping
    new_classes: bool = False
    may_be_new: bool = True

    @property
    def names(self) -> list[str]:
        """Names of the classes."""
        return [each.name for each in self.classes]

    @property
    def has_years(self) -> bool:
        """Whether numbers fall into the classes."""
        return any(each.low is not None for each in self.classes)

    def read(self, text: str) -> Decision | None:
        """Return label and years of a text, both None where it is no label; None: not readable."""
        said = self.mapping.class_of(self.attribute, text)
        if said is not None:
            return self._said(said) if said else (None, None)
        if text in self.names:
            return text, None
        if self.has_years and (years := years_of(text)) is not None:
            label = label_of_age(years, self.classes)
            return None if label is None else (label, years)
        found = class_of(text, self.names, synonyms_of(self.attribute))
        if found is None and self.has_years and not spreadsheet_date(text, self.names):
            found = label_of_span(text, self.classes)
        if found is not None:
            return found, None
        if spellings().is_no_label(text, self.attribute, has_classes=bool(self.classes)):
            return None, None
        is_new = self.new_classes and not spreadsheet_date(text, self.names)
        return (text, None) if is_new else None

    def _said(self, name: str) -> tuple[str, None] | None:
        """Return the class that was said: a known one, or a new one where that may be."""
        found = class_of(name, self.names, synonyms_of(self.attribute))
        # The lists of known sources have their own classes (UTKFace's Asian), and an attribute
        # without any cannot be misspelt.
        allowed = self.new_classes or not self.classes or self._is_of_source(name)
        return (found or name, None) if found or allowed else None

    def _is_of_source(self, name: str) -> bool:
        source = known_sources().get(self.mapping.source or "")
        values = {} if source is None else source.mapping.values
        return name in values.get(self.attribute, values.get(ANY_ATTRIBUTE, {})).values()


def read_texts(meaning: Meaning, column: pl.Series) -> list[Reading]:
    """Return how the texts of a column are read, in the order in which they occur.

    Those that cannot be read are missing.
    """
    counts: dict[str, int] = dict(
        column.drop_nulls().alias("text").value_counts(name="n", sort=False).rows()
    )
    order: list[str] = column.drop_nulls().unique(maintain_order=True).to_list()
    found: dict[str, Reading] = {}
    names = {fold(name): name for name in meaning.names}
    for text in sorted(order, key=lambda text: -counts[text]):
        read = meaning.read(text)
        if read is None:
            continue
        label, value = read
        if label is not None and label not in meaning.names:
            # Two new classes are not told apart by their spelling alone: the more frequent counts.
            label = names.setdefault(fold(label), label)
        found[text] = Reading(column.name, meaning.attribute, text, label, value, counts[text])
    return [found[text] for text in order if text in found]


def years_of(text: str) -> float | None:
    """Return the number of years that a text says, plausible or not."""
    found = _YEARS.fullmatch(text)
    if found is None:
        return None
    sign, thousands, plain = found.groups()
    # What parts thousands is no sign of a fraction: 1,000 is no infant.
    number = re.sub(r"[^\d.]", "", thousands) if thousands else plain.replace(",", ".")
    return float(sign + number)


def label_of_value(value: float, classes: Sequence[AttributeClass]) -> str | None:
    """Return the class that a number falls into, or None."""
    return next((each.name for each in classes if each.holds(value)), None)


def label_of_age(years: float, classes: Sequence[AttributeClass]) -> str | None:
    """Return the class that the age of a person falls into; None where nobody is so old."""
    return label_of_value(years, classes) if AGES[0] <= years <= AGES[1] else None


def label_of_span(text: str, classes: Sequence[AttributeClass]) -> str | None:
    """Return the only class that holds all ages of a range: `(4, 6)` is within 3-9."""
    span = span_of(text)
    if span is None:
        return None
    low, high = span
    label = label_of_age(low, classes)
    last = next((each for each in classes if each.name == label), None)
    if last is None:
        return None
    is_within = last.high is None if high is None else last.high is None or high <= last.high
    return label if is_within else None


def spreadsheet_date(text: str, known: Sequence[str]) -> str | None:
    """Return the range that a spreadsheet took for a date: `3-9` for `9-Mar` or `2025-09-03`."""
    numbers = [
        _MONTHS.get(part[:3].lower()) or (int(part) if part.isdigit() else None)
        for part in re.split(r"[-/. ]+", text)
    ]
    if None in numbers or not 2 <= len(numbers) <= 3:
        return None
    small = sorted(number for number in numbers if number is not None and number <= 31)
    candidates = {f"{one}-{two}" for one in small for two in small if one < two}
    return next(iter(sorted(candidates & set(known))), None) if text not in known else None


def readings_in_words(readings: Sequence[Reading]) -> list[str]:
    """Return what was read otherwise than written, a line for each attribute."""
    by_place: dict[tuple[str, str], list[Reading]] = {}
    for each in readings:
        by_place.setdefault((each.column, each.attribute), []).append(each)
    others = {key: [r for r in group if not r.is_as_written] for key, group in by_place.items()}
    alike = [key for key, group in others.items() if key[0] == key[1] and group]
    merged = merged_readings(
        [replace(r, column="", attribute="") for k in alike for r in others[k]]
    )
    is_many = len(alike) > _N_LINES and len({r.text for r in merged}) == len(merged)
    lines = []
    for key, group in others.items():
        column, attribute = key
        if column != attribute:
            lines.append(f"column {column!r} read as {attribute}" + _in_words(group, ": "))
        elif group and not is_many:
            lines.append(f"{attribute}: read" + _in_words(group, " "))
    if is_many:
        shown = preview([attribute for _, attribute in alike])
        lines.append(f"{len(alike):,} attributes ({shown}): read" + _in_words(merged, " "))
    return lines


def _in_words(readings: Sequence[Reading], before: str) -> str:
    """Return readings, by class where they are many; nothing where there are none."""
    if len(readings) <= _N_LINES:
        return before * bool(readings) + ", ".join(each.words for each in readings)
    by_label: dict[str | None, list[Reading]] = {}
    for each in readings:
        by_label.setdefault(each.label, []).append(each)
    return before + "; ".join(
        f"{preview(repr(each.text) for each in group)} as {label or 'no label'} "
        f"({sum(each.n for each in group):,})"
        for label, group in by_label.items()
    )


def merged_readings(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return readings of several tables, those of the same text as one."""
    merged: dict[tuple[str, str, str, str | None], Reading] = {}
    for each in readings:
        key = (each.column, each.attribute, each.text, each.label)
        before = merged[key].n if key in merged else 0
        merged[key] = replace(each, n=before + each.n)
    return tuple(merged.values())
