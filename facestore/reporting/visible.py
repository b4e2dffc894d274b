r"""Text on a page: codes that would turn the order of letters, or hide, are shown as `\u202e`."""

import unicodedata
from collections.abc import Mapping
from typing import Any

# Those that turn the order of what follows, separate lines, or command a terminal.
_ORDER = "\u061c\u200e\u200f\u2028\u2029" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_CONTROLS = "".join(c for c in map(chr, range(0xA0)) if unicodedata.category(c) == "Cc")
_SHOWN = {
    ord(c): c.encode("unicode_escape").decode() for c in _ORDER + _CONTROLS if c not in "\t\n\r"
}


def visible(text: str) -> str:
    """Return a text with such codes shown; what it is read as stays in `data-v` of its cell."""
    return text.translate(_SHOWN)


def visible_in(value: Any) -> Any:
    """Return what JSON can say, with such codes shown in all its texts."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible_in(key): visible_in(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [visible_in(each) for each in value]
    return value
