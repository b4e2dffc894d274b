"""Names with `*` and `?` in them stand for all names that look so."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from facestore.catalog.predictions import unknown_classifier


def named(given: Iterable[str], known: Sequence[str]) -> list[str]:
    """Return the classifiers that are meant, each once.

    Parameters
    ----------
    given
        Names, or patterns: `*` is any text, `?` one letter, `[ab]` one of some. A name that is
        there is itself, whatever is in it.
    known
        The names of all.

    Raises
    ------
    UnknownNameError
        If one of them is no name and no name looks so.
    """
    found: list[str] = []
    for pattern in given:
        alike = [name for name in known if fnmatchcase(name, pattern)]
        if pattern not in known and not alike:
            raise unknown_classifier(pattern, known)
        found += [pattern] if pattern in known else alike
    return list(dict.fromkeys(found))


def looks_so(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of some, or looks as one of their patterns."""
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)
