"""Codes in tables: which known sources have them, and what each would decide of the whole table.

A list of codes decides every column that it knows, not the one that was refused: what is offered
names all that it would decide.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from facestore.errors import preview
from facestore.ingest.layouts.label_values import Decision
from facestore.ingest.layouts.read_columns import ReadColumn
from facestore.mappings import KnownSource, LabelMapping, known_sources
from facestore.spelling import fold, spellings

# A column with more texts that cannot be read has no codes.
_MOST_CODES = 1000
# No more texts than the longest list of codes has are shown, or offered one by one.
_N_CODES = 24
_N_SHOWN = 10


@dataclass(frozen=True)
class CodeOffer:
    """What known sources would decide, and what makes them do so.

    Attributes
    ----------
    sources
        Their names.
    columns
        Attribute -> its column.
    decided
        Attribute -> text -> how it is read then.
    mapping
        The one of them that decides just this; None: values are offered one by one.
    """

    sources: tuple[str, ...]
    columns: Mapping[str, ReadColumn]
    decided: Mapping[str, Mapping[str, Decision]]
    mapping: str | None = None

    def words(self, *, of_several: bool) -> str:
        """Return what would be decided: `gender 0 is Male, 1 is Female and race 0 is White`."""
        parts = []
        for attribute, read in self.decided.items():
            before = f"{attribute} " * (of_several or len(self.decided) > 1)
            if all(years is not None for _, years in read.values()):
                parts.append(f"{attribute} is in years")
                continue
            each = [f"{text} is {label or 'no label'}" for text, (label, _) in read.items()]
            parts.append(f"{before}{preview(each, _N_SHOWN)}")
        return " and ".join(parts)

    @property
    def pairs(self) -> str | None:
        """What to add so that this alone is decided; None: it is too much, or cannot be typed."""
        added: list[str] = []
        for attribute, read in self.decided.items():
            column = self.columns[attribute]
            if column.name and all(years is not None for _, years in read.values()):
                added.append(f"`columns={quote(f'{attribute}={column.name}')}`")
                continue
            pairs = [f"{attribute}:{text}={label or ''}" for text, (label, _) in read.items()]
            if len(pairs) > _N_CODES or any(mark in pair for pair in pairs for mark in "'`"):
                return None
            added += [f"`maps={quote(pair)}`" for pair in pairs]
        if self._new_classes:
            if not all(column.meaning.may_be_new for column in self.columns.values()):
                return None
            added.append("`new_classes=True`")
        return " ".join(added)

    def way(self, *, of_several: bool) -> str:
        """Return what to add to the command, and when.

        Parameters
        ----------
        of_several
            Whether several columns are asked for, so that each is named.
        """
        added = f"`mapping={self.mapping}`" if self.mapping else self.pairs
        words = self.words(of_several=of_several)
        return f"if {words} (as in {' and '.join(self.sources)}) add {added}"

    @property
    def _new_classes(self) -> bool:
        """Whether a class would be new, which the user did not ask for."""
        return any(
            label is not None and label not in meaning.names
            for attribute, read in self.decided.items()
            if (meaning := self.columns[attribute].meaning).names and not meaning.new_classes
            for label, _ in read.values()
        )

    def says_no_more_than(self, other: "CodeOffer", wanted: Collection[str]) -> bool:
        """Say whether another one decides the same, and perhaps more of what is asked for."""
        beside = {a: read for a, read in self.decided.items() if a not in wanted}
        others = {a: read for a, read in other.decided.items() if a not in wanted}
        return beside == others and self.decided.items() <= other.decided.items()


Tried = Callable[[LabelMapping], Sequence[ReadColumn] | None]


def code_offers(columns: Sequence[ReadColumn], tried: Tried) -> list[CodeOffer]:
    """Return what known sources would make of the texts that cannot be read, likeliest first.

    Parameters
    ----------
    columns
        All that is read of the table.
    tried
        Takes what is known of a source, and returns how the same columns are read by it; None: it
        would read others.
    """
    by_attribute = {column.attribute: column for column in columns}
    wanted = {
        column.attribute
        for column in columns
        if column.meaning.names and 0 < len(column.unread) <= _MOST_CODES
    }
    if not wanted:
        return []
    found = [
        (source, offer)
        for source in known_sources().values()
        if (offer := _of_source(source, by_attribute, wanted, tried(source.mapping)))
    ]
    found.sort(key=lambda each: _likeliness(each[0], each[1], wanted))
    coded = {attribute for _, offer in found for attribute in offer.decided} & wanted
    offers: list[CodeOffer] = []
    for _, each in found:
        whole = each if each.mapping and coded <= each.decided.keys() else _part(each, wanted)
        same = next((i for i, other in enumerate(offers) if other.decided == whole.decided), None)
        if same is not None:
            before = offers[same]
            offers[same] = replace(
                before,
                sources=(*before.sources, *whole.sources),
                mapping=before.mapping or whole.mapping,
            )
        elif not any(whole.says_no_more_than(other, wanted) for other in offers):
            offers.append(whole)
    return [offer for offer in offers if offer.mapping or offer.pairs]


def also_known(said: LabelMapping, known: LabelMapping) -> LabelMapping:
    """Return what was said, and for the rest what is known of a source, with its own classes."""
    return replace(said.over(known), source=known.source)


def also_read_by(known: LabelMapping, column: ReadColumn) -> ReadColumn:
    """Return a column as it is read by what is known of a source, too."""
    mapping = also_known(column.meaning.mapping, known)
    now = replace(column, meaning=replace(column.meaning, mapping=mapping))
    return as_before(known, column, now)


def as_before(known: LabelMapping, before: ReadColumn, now: ReadColumn) -> ReadColumn:
    """Return a column as it was where a source changes nothing of it, for what it has read."""
    is_same = not known.speaks_of(before.attribute) and not before.is_in_doubt
    return before if is_same else now


def _of_source(
    source: KnownSource,
    columns: Mapping[str, ReadColumn],
    wanted: set[str],
    tried: Sequence[ReadColumn] | None,
) -> CodeOffer | None:
    """Return what one source decides; None: no column that is wanted is of its codes."""
    is_whole = tried is not None and not any(c.meaning.mapping.is_named for c in columns.values())
    now = tried or [also_read_by(source.mapping, column) for column in columns.values()]
    decided: dict[str, dict[str, Decision]] = {}
    for column in now:
        before = columns[column.attribute].read
        changed = {t: read for t, read in column.read.items() if before.get(t) != read}
        if not changed:
            continue
        # A part of a column would be decided, and the rest asked for, or read, as if it were not.
        of_years = {text for text, (_, years) in before.items() if years is not None}
        is_part = bool(column.unread) or not of_years <= changed.keys()
        if is_part or not _is_listed(source.mapping, column.attribute, changed):
            is_whole = False
        else:
            decided[column.attribute] = changed
    offer = CodeOffer((source.name,), columns, decided, source.name if is_whole else None)
    if not is_whole:
        offer = _part(offer, wanted)
    is_of_use = any(
        years is None and label is not None
        for attribute in offer.decided.keys() & wanted
        for label, years in offer.decided[attribute].values()
    )
    return offer if is_of_use else None


def _part(offer: CodeOffer, wanted: set[str]) -> CodeOffer:
    """Return what an offer says of the columns that are asked for, to be given one by one."""
    kept = {attribute: read for attribute, read in offer.decided.items() if attribute in wanted}
    return replace(offer, decided=kept, mapping=None)


def _is_listed(mapping: LabelMapping, attribute: str, read: Mapping[str, Decision]) -> bool:
    """Say whether a source has these codes; whole numbers are no scores, which it compares."""
    known = {fold(value) for value in mapping.values.get(attribute, {})}
    return all(
        years is not None or fold(text) in known or not re.fullmatch(r"-?\d+", fold(text))
        for text, (_, years) in read.items()
    )


def _likeliness(
    source: KnownSource, offer: CodeOffer, wanted: Collection[str]
) -> tuple[int, int, int, int]:
    """Return a key for sorting: what explains more, and changes and leaves over less, is first."""
    values = source.mapping.values
    n_wanted = len(offer.decided.keys() & wanted)
    unused = sum(len(values.get(each, ())) - len(read) for each, read in offer.decided.items())
    n_ours = len(values.keys() & spellings().columns.keys())
    return -n_wanted, len(offer.decided) - n_wanted, unused, -n_ours
