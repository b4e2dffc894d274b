"""Why labels are refused, and what may be added to the command so that they are read."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from shlex import quote

from facestore.config import AGES
from facestore.errors import preview
from facestore.ingest.layouts.code_lists import CodeOffer, Tried, code_offers
from facestore.ingest.layouts.label_values import Meaning, years_of
from facestore.ingest.layouts.read_columns import ReadColumn, are_yes_no
from facestore.spelling import fold, synonyms_of

# So many values a message offers to map one by one.
_N_OFFERED = 6
# So alike are a word and its misspelling, and so much less any word of another class.
_ALIKE, _AHEAD = 0.75, 0.1


def what_is_wrong(
    columns: Sequence[ReadColumn],
    tried: Tried,
    where: Callable[[ReadColumn], str],
    *,
    beside: Sequence[ReadColumn] = (),
) -> tuple[str, str]:
    """Say which texts cannot be read, and what makes them readable.

    Parameters
    ----------
    columns
        All that is read of the table; texts of at least one cannot be read.
    tried
        As `code_offers` takes it.
    where
        Says which rows of a column are meant, for what follows it.
    beside
        Columns that may have any text, and of which a list of codes decides as well.

    Returns
    -------
    tuple of str
        What they are not; what to do. Codes of several columns are said at once, since a list of
        codes would decide all of them.
    """
    unread = sorted((each for each in columns if each.unread), key=_order)
    offers = code_offers([*columns, *beside], tried)
    decided = {attribute for offer in offers for attribute in offer.decided}
    coded = [each for each in unread if each.meaning.names and each.attribute in decided]
    if unread[0] not in coded:
        return _of_one(unread[0], where, [])
    if len(coded) == 1:
        return _of_one(coded[0], where, offers)
    problem = "; ".join(f"{where(column)}{_problem(column)}" for column in coded)
    expected = [f"of {c.attribute} {preview(sorted(c.meaning.names), 12)}" for c in coded]
    ways = _of_codes(offers, of_several=True)
    todo = "; ".join([f"Expected {' and '.join(expected)}", *ways])
    return problem, f"{todo}."


def _order(column: ReadColumn) -> tuple[bool, bool]:
    """Return a key for sorting: new classes of one column would be those of codes in another."""
    return column.is_in_doubt, not column.meaning.names


def _of_one(
    column: ReadColumn, where: Callable[[ReadColumn], str], offers: Sequence[CodeOffer]
) -> tuple[str, str]:
    meaning, texts = column.meaning, column.unread
    attribute = column.attribute
    problem = f"{where(column)}{_problem(column)}"
    if column.is_in_doubt:
        return problem, f"{'; '.join(_if_no_years(column, offers))}."
    if meaning.has_years and all(map(_is_no_age, texts)):
        if len(texts) > _N_OFFERED:
            left_out = f", or {_left_out(attribute)}" * column.may_be_left_out
            return problem, f"Correct them{left_out}."
        nulls = " ".join(f"`nulls={quote(text)}`" for text in texts)
        return problem, f"Correct them, or add {nulls} if they stand for an unknown age."
    if column.says_yes_or_no:
        said = one_by_one(meaning, texts, may_be_left_out=column.may_be_left_out)
        return problem, f"Expected yes or no, as in its other rows: correct them, or {said}."
    expected = f"Expected {preview(sorted(meaning.names), 12)}" if meaning.names else "It is new"
    if _typed(column):
        return problem, f"{'; '.join([expected, *_as_new(meaning)])}."
    ways: list[str] = [*_of_codes(offers)]
    if not meaning.names and are_yes_no(texts) and not meaning.mapping.is_named:
        ways.append("if they say yes and no add `mapping=yes-no`")
    if meaning.names and not ways:
        ways.append(one_by_one(meaning, texts, may_be_left_out=column.may_be_left_out))
    return problem, f"{'; '.join([expected, *ways, *_as_new(meaning)])}."


def _problem(column: ReadColumn) -> str:
    attribute, shown = column.attribute, preview(map(repr, column.unread))
    if column.is_in_doubt:
        as_well = "which may be codes, or no and yes, as well as years"
        return f"no value of {attribute!r} but {shown}, {as_well}"
    if column.meaning.has_years and all(map(_is_no_age, column.unread)):
        return f"no age from {AGES[0]:g} to {AGES[1]:g}: {shown}"
    if typed := _typed(column):
        return f"no class of {attribute!r}, to which they were mapped: {preview(map(repr, typed))}"
    if column.says_yes_or_no:
        return f"neither yes nor no: {shown}"
    return f"no class of {attribute!r}: {shown}"


def _typed(column: ReadColumn) -> list[str]:
    """Return the classes that somebody mapped texts to, and that there are not."""
    said = [column.meaning.mapping.class_of(column.attribute, text) for text in column.unread]
    return [name for name in said if name]


def _is_no_age(text: str) -> bool:
    years = years_of(text)
    return years is not None and not AGES[0] <= years <= AGES[1]


def _if_no_years(column: ReadColumn, offers: Sequence[CodeOffer]) -> Iterator[str]:
    """Yield what to add where 0 and 1 are years, codes, or say no and yes."""
    attribute = column.attribute
    named = f"`columns={quote(f'{attribute}={column.name}')}`"
    if unknown := [text for text in column.unread if _is_no_age(text)]:
        nulls = " ".join(f"`nulls={quote(text)}`" for text in unknown)
        yield f"If they are years, and {preview(unknown)} an unknown age, add {nulls} {named}"
    elif column.name:
        yield f"If they are years add {named}"
    else:
        pairs = [
            f"`maps={quote(f'{attribute}:{text}={read[0]}')}`"
            for text in column.unread
            if (read := column.meaning.read(text))
        ]
        yield f"If they are years add {' '.join(pairs)}"
    yield from (offer.way(of_several=False) for offer in offers)
    if column.may_be_left_out:
        yield f"if they say no and yes {_left_out(attribute)}"


def _of_codes(offers: Sequence[CodeOffer], *, of_several: bool = False) -> Iterator[str]:
    """Yield what known sources would decide, then how to say it oneself, which is always right."""
    yield from (offer.way(of_several=of_several) for offer in offers)
    likeliest = next((offer for offer in offers if offer.pairs), None)
    if likeliest is not None:
        how = "or say what each means (nothing after the = is no label)"
        as_there = f", here as in {likeliest.sources[0]}: {likeliest.pairs}"
        yield f"{how}{as_there if likeliest.mapping else ' in the same way'}"


def one_by_one(meaning: Meaning, texts: Sequence[str], *, may_be_left_out: bool = False) -> str:
    """Say how to map texts: each to the only class that is near, or to no label.

    Parameters
    ----------
    meaning
        How they are read.
    texts
        Those that cannot be read.
    may_be_left_out
        Whether they are in a column that may be left out.
    """
    is_typed_badly = any(mark in text for text in texts for mark in "'`")
    if len(texts) <= _N_OFFERED and not is_typed_badly:
        pairs = [f"{meaning.attribute}:{text}={_near(meaning, text) or ''}" for text in texts]
        offered = " ".join(f"`maps={quote(pair)}`" for pair in pairs)
        return f"say what they mean (nothing after the = is no label): {offered}"
    # A mapping can be named once.
    ways = [] if meaning.mapping.is_named else ["say what they mean in a `mapping=FILE.yaml`"]
    if may_be_left_out:
        ways.append(_left_out(meaning.attribute))
    return ", or ".join(ways) or "say what they mean in the mapping"


def _left_out(attribute: str) -> str:
    return f"leave the column out with `columns={quote(f'{attribute}=')}`"


def _near(meaning: Meaning, text: str) -> str | None:
    """Return the only class of which a text is the beginning of a word, or a misspelling."""
    wanted = fold(text)
    begun = [
        name
        for name in meaning.names
        if any(part.startswith(word) for part in fold(name).split() for word in wanted.split())
    ]
    if len(begun) == 1:
        return begun[0]
    words = synonyms_of(meaning.attribute)
    alike = sorted(
        (max(_likeness(wanted, word) for word in (fold(name), *words.get(name, ()))), name)
        for name in meaning.names
    )
    best = alike[-1] if alike else (0.0, "")
    others = [likeness for likeness, name in alike[:-1] if likeness > best[0] - _AHEAD]
    return best[1] if best[0] >= _ALIKE and not others else None


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _as_new(meaning: Meaning) -> Iterator[str]:
    if meaning.may_be_new:
        no_prompts = " (new classes have no prompts)" if meaning.names else ""
        yield f"for new classes add `new_classes=True`{no_prompts}"
