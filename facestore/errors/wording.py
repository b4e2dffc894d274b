"""How the errors say what was found and what helps."""

import errno
import os
from collections.abc import Iterable

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
    """Return what a library says as one line that is not too long."""
    return " ".join(text.split())[:300].rstrip(".")


def preview(items: Iterable[object], limit: int = 3) -> str:
    """Return the first `limit` items as text, and how many more there are."""
    values = list(items)
    shown = ", ".join(str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit:,} more"


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number and what is counted: `1 file`, `2 files`, `1,000 classes`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
