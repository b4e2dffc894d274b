"""How the errors say what was found and what helps."""

import errno
import os
from collections.abc import Iterable
from textwrap import shorten

# Characters of what a library says.
_LONGEST = 300
_TODOS = {
    os.strerror(number): todo
    for numbers, todo in (
        ((errno.ENOSPC, errno.EDQUOT), "make room there"),
        ((errno.EMFILE, errno.ENFILE), "allow more open files (`ulimit -n 4096`)"),
        ((errno.EIO, errno.ENXIO, errno.ESTALE), "see that the disk is sound and still there"),
        ((errno.ENOMEM,), "give it more memory (`ulimit -v unlimited`), or less to do at once"),
    )
    for number in numbers
}


def todo_about(reason: str) -> str | None:
    """Return what helps against a reason in the words of the system; None where none is known."""
    return next((todo for words, todo in _TODOS.items() if words in reason), None)


def in_one_line(text: str) -> str:
    """Return what a library says as one line that is not too long, cut between words."""
    return shorten(text, _LONGEST, placeholder=" ...").rstrip(".")


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 run`, `2 runs`.

    Parameters
    ----------
    n
        How many.
    one, many
        The noun; its plural where it is not regular.
    """
    return f"{n:,} {by_number(n, one, many or _plural(one))}"


def by_number(n: int, one: str, many: str) -> str:
    """Return the word that goes with a number, where `counted` cannot: `is`, `are`."""
    return one if n == 1 else many


def counted_of(n: int, many: str) -> str:
    """Return a number with a noun that is given in its plural: `1 label`, `2 labels`."""
    return f"{n:,} {_singular(many) if n == 1 else many}"


def _singular(nouns: str) -> str:
    if nouns.endswith("ies"):
        return f"{nouns[:-3]}y"
    return nouns[:-2] if nouns.endswith(("sses", "xes", "ches", "shes")) else nouns[:-1]


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def preview(items: Iterable[object], limit: int = 3) -> str:
    """Return the first `limit` items as text, and how many more there are."""
    values = list(items)
    shown = ", ".join(str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit:,} more"
