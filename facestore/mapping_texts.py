"""Texts of a mapping, as options have them: ATTRIBUTE=COLUMN, and ATTRIBUTE:VALUE=CLASS."""

import codecs
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from facestore.errors import InputError
from facestore.spelling import fold, same_name, spellings

ANY_ATTRIBUTE = "*"
# `*` gives them no class: yes and no would be read where codes, or numbers of persons, were meant.
_OURS = ("age", "gender", "race", "split", "person_id")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*([+-]?\d+(?:\.\d+)?)")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What was said of a value.

    Attributes
    ----------
    attribute
        Of which it is a value, or `*`; empty: whatever the attribute.
    value, name
        The text, or a comparison, and its class; '' is: no label.
    """

    attribute: str
    value: str
    name: str

    def __str__(self) -> str:
        """Return it as an option has it."""
        return f"{self.attribute}:{self.value}={self.name}" if self.attribute else self.value

    def is_met(self, texts: Iterable[str]) -> bool:
        """Say whether one of these texts is the value, or is within the comparison."""
        wanted = fold(self.value)
        return any(fold(text) == wanted or holds(self.value, fold(text)) for text in texts)


def is_ours(attribute: str) -> bool:
    """Say whether an attribute is one of ours, also by another word for it: `ethnicity`."""
    name = fold(attribute)
    return any(name in (each, *spellings().columns.get(each, ())) for each in _OURS)


def check_encoding(encoding: str | None) -> None:
    """Refuse an encoding that nobody knows.

    Raises
    ------
    InputError
        If it is none; None was not given.
    """
    if encoding is None:
        return
    try:
        codecs.lookup(encoding)
        "".encode(encoding)  # some codecs are not of text
    except (LookupError, ValueError) as error:
        message = f"`encoding={encoding}` is not known: utf-8, utf-16, latin-1 or cp1252, say."
        raise InputError(message) from error


def column_said(text: str) -> tuple[str, str]:
    """Return an attribute and its column.

    Raises
    ------
    InputError
        If the text has another form.
    """
    attribute, sign, column = text.partition("=")
    if not sign or not attribute.strip():
        message = f"`columns={text}`: ATTRIBUTE=COLUMN was expected, such as gender=sex."
        raise InputError(message)
    return attribute.strip(), column.strip()


def value_said(text: str) -> tuple[str, tuple[str, str], str]:
    """Return a text, the attribute and the value that it speaks of, and the class.

    Raises
    ------
    InputError
        If it has another form.
    """
    front, sign, name = text.rpartition("=")
    attribute, colon, value = front.partition(":")
    if not sign or not colon or not attribute.strip():
        message = f"`maps={text}`: ATTRIBUTE:VALUE=CLASS was expected, such as gender:1=Male."
        raise InputError(message)
    attribute = attribute.strip()
    return text, (same_name(attribute, _OURS) or attribute, value.strip()), name.strip()


def holds(value: str, number: str) -> bool:
    """Say whether a value is a comparison, and a number is within it."""
    compared = _COMPARED.fullmatch(value.strip())
    if compared is None:
        return False
    try:
        return _COMPARE[compared[1]](float(number), float(compared[2]))
    except ValueError:
        return False
