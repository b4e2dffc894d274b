"""How names are spelt: which class, column or file is meant by a text that writes it otherwise.

Nothing is guessed: a text that could mean two things means none of them. Which words mean the same
is data, `assets/spellings.yaml`, not code.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from facestore import resources
from facestore.documents import texts_of

Synonyms = Mapping[str, Iterable[str]]

_NUMBER = re.compile(r"([+-]?)0*(\d+)(?:\.(\d*?)0*)?")
# What may follow a number of years.
UNIT = r"\s*(?:y|yo|yrs?|years?(?:[ -]old)?)"
_SPAN = re.compile(
    r"([(\[]?)\s*(\d{1,3})(?:\.0+)?\s*(?:-|~|,|;|to|bis|a|à)\s*(\d{1,3})(?:\.0+)?\s*([)\]]?)"
)
_FROM = re.compile(r"(\d{1,3})\s*(?:\+|and (?:over|above|older)|or (?:over|older|more))")
_ABOVE = re.compile(r"(>=|>|over|above|older than|more than)\s*(\d{1,3})")
_BELOW = re.compile(r"(<=|<|up to|under|below|younger than|less than)\s*(\d{1,3})")
_ENDS = ("<=", ">=", "up to")


@dataclass(frozen=True)
class Spellings:
    """Words that mean the same.

    Attributes
    ----------
    columns
        Attribute (or `file`) -> what its column is called, likeliest first.
    values
        Attribute -> class -> words for it.
    no_label
        Attribute -> words that mean that there is no label; those of `any` hold for all.
    """

    columns: Mapping[str, Sequence[str]]
    values: Mapping[str, Synonyms]
    no_label: Mapping[str, Sequence[str]]

    def is_no_label(self, text: str, attribute: str, *, has_classes: bool) -> bool:
        """Say whether a text stands for nothing; words of people only where classes are known."""
        words = [*self.no_label["any"]]
        if has_classes:
            words += [*self.no_label["known"], *self.no_label.get(attribute, ())]
        return fold(text) in words


@cache
def spellings() -> Spellings:
    """Return the words that come with facestore, folded."""
    content = texts_of(resources.asset("spellings.yaml").read_text(encoding="utf-8"))
    return Spellings(
        columns={key: [*map(fold, names)] for key, names in content["columns"].items()},
        values={
            attribute: {name: [*map(fold, words)] for name, words in classes.items()}
            for attribute, classes in content["values"].items()
        },
        no_label={key: [*map(fold, words)] for key, words in content["no_label"].items()},
    )


@lru_cache(65_536)
def fold(text: str) -> str:
    """Return a text without what only spelling adds.

    Letter case, Unicode forms, and whether words are parted by a blank, `_`, `-` or `/` make no
    difference; a number is written in one way (`1` for `1.0`), with its sign.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Soft hyphens, marks of direction and of byte order cannot be seen; all dashes look alike.
    kinds = ((each, unicodedata.category(each)) for each in unicodedata.normalize("NFKC", plain))
    plain = "".join("-" if k == "Pd" or c == "−" else c for c, k in kinds if k != "Cf").strip()
    if number := _NUMBER.fullmatch(plain):
        sign, whole, part = number.groups()
        digits = f"{whole}.{part}" if part else whole
        return digits if sign != "-" or not digits.strip("0.") else f"-{digits}"
    return " ".join(re.sub(r"[\s_/\\-]+", " ", plain).split())


def same_name(text: str, names: Iterable[str]) -> str | None:
    """Return the name that a text is, or that alone it is in another spelling; else None."""
    known = list(names)
    if text in known:
        return text
    wanted = fold(text)
    fitting = [name for name in known if fold(name) == wanted] if wanted else []
    return fitting[0] if len(fitting) == 1 else None


def class_of(text: str, classes: Sequence[str], synonyms: Synonyms) -> str | None:
    """Return the class that a text means.

    Parameters
    ----------
    text
        What somebody wrote.
    classes
        The classes that there are.
    synonyms
        Class -> words for it, folded: `spellings().values[attribute]`.

    Returns
    -------
    str or None
        The class of exactly this name; else the only one of this name in another spelling; else the
        only one that the text is a word for. None if there is none, or more than one.
    """
    if (found := same_name(text, classes)) is not None:
        return found
    wanted = fold(text)
    fitting = [name for name in classes if wanted in synonyms.get(name, ())]
    # A name that two classes have in other spellings is none of either's words.
    is_torn = any(fold(name) == wanted for name in classes)
    return fitting[0] if len(fitting) == 1 and not is_torn else None


def synonyms_of(attribute: str) -> Synonyms:
    """Return the words for the classes of an attribute."""
    return spellings().values.get(attribute, {})


def column_of(attribute: str, columns: Sequence[str]) -> str | None:
    """Return the column of an attribute: called as it, spelt otherwise, or by a known word."""
    found = same_name(attribute, columns)
    if found is not None:
        return found
    words = spellings().columns.get(attribute, ())
    fitting = [column for column in columns if fold(column) in words]
    return fitting[0] if len(fitting) == 1 else None


def span_of(text: str) -> tuple[int, int | None] | None:
    """Return the limits that a text gives: `(25, 32)`, `25-32`, `70+`, `under 3`; or None.

    Brackets that differ leave out one end, as pandas writes bins: `(19, 29]` begins at 20.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    plain = "".join("-" if unicodedata.category(each) == "Pd" else each for each in plain)
    plain = re.sub(rf"{UNIT}$", "", plain)
    if between := _SPAN.fullmatch(plain):
        low, high = int(between[2]), int(between[3])
        ends = between[1] + between[4]
        return (low + (ends == "(]"), high - (ends == "[)")) if low < high else None
    if since := _FROM.fullmatch(plain):
        return int(since[1]), None
    if above := _ABOVE.fullmatch(plain):
        return int(above[2]) + (above[1] not in _ENDS), None
    if below := _BELOW.fullmatch(plain):
        return 0, int(below[2]) - (below[1] not in _ENDS)
    return None
