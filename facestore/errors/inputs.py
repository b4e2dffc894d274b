"""What is wrong with what the user gave: files, tables, names, options."""

import difflib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from facestore.errors.base import FacestoreError
from facestore.errors.wording import counted, preview


class InputError(FacestoreError, ValueError):
    """Something that the user gave is not what was expected."""


class ParametersError(InputError):
    """Parameters that exclude each other, or of which one lacks another: wrong usage."""


class OutputError(InputError):
    """What is to be written would lie over, or among, the files of a store.

    Parameters
    ----------
    target
        Where it was to go.
    store
        The folder of the store.
    free
        A folder of that store in which it may lie.
    """

    def __init__(self, target: Path, store: Path, free: Path) -> None:
        self.target, self.store = target, store
        super().__init__(
            f"'{target}' is refused, nothing was written: the store '{store}' has its own files "
            f"there. Give a place outside of it, or below '{free}'."
        )


class TableError(InputError):
    """A table or exchange file is refused whole.

    Parameters
    ----------
    path
        The file.
    problem
        What was found in it and what was expected instead.
    todo
        What to do about it.
    """

    def __init__(self, path: Path | str, problem: str, todo: str) -> None:
        self.path, self.problem, self.todo = path, problem, todo
        super().__init__(f"'{path}' is refused, nothing was imported: {problem}. {todo}")


class FileNamesError(TableError):
    """A table does not say which file each of its rows is of."""


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """Return the names that are most like one, letter case and punctuation aside; often none."""
    by_spelling: dict[str, list[str]] = {}
    for each in known:
        by_spelling.setdefault(_folded(each), []).append(each)
    spelling = _folded(name)
    alike = by_spelling.get(spelling) or [
        each
        for near in difflib.get_close_matches(spelling, by_spelling, n=3, cutoff=0.5)
        for each in by_spelling[near]
    ]
    words = [word for word in map(_folded, name.split()) if word]
    return alike[:3] or [
        each
        for near, of in by_spelling.items()
        for each in of
        if words and all(word in near for word in words)
    ]


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-")


class UnknownNameError(InputError, LookupError):
    """A name that is not among the known ones; near misses are suggested.

    Parameters
    ----------
    kind, name, place
        `No split 'train' in data set 'faces'.`: `split`, the name, and where it was looked for.
    known
        The names that there are.
    todo
        What else to do.
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], todo: str = "", *, place: str = ""
    ) -> None:
        self.kind, self.name, self.known = kind, name, sorted(set(known))
        near = near_names(name, self.known)
        if near:
            hint = f"Did you mean {preview([repr(n) for n in near])}?"
        elif self.known:
            # Names of classifiers are long: eight of them would fill a screen.
            n_shown = min(8, 1 + 200 // max(map(len, self.known)))
            hint = f"Known: {preview(self.known, n_shown)}."
        else:
            hint = f"There is no {kind} yet."
        looked_for = " ".join(filter(None, (f"No {kind} {name!r}", place)))
        super().__init__(f"{looked_for}. {hint} {todo}".rstrip())


class UnknownChoiceError(UnknownNameError, ParametersError):
    """A name that the program does not offer, whatever is in the store: wrong usage."""


class OtherValuesError(InputError):
    """What is imported contradicts what the store has under the same key.

    Parameters
    ----------
    who, what
        `Classifier 'c'` has other `predictions`.
    names
        Of what.
    n
        How many there are, where `names` are only the first; None: all are named.
    todo
        What to do about it.
    of
        What the names are of.
    """

    def __init__(
        self,
        who: str,
        what: str,
        names: Sequence[str],
        todo: str,
        *,
        n: int | None = None,
        of: str = "samples",
    ) -> None:
        n = len(names) if n is None else n
        shown = ", ".join(f"{name!r:.80}" for name in names[:3])
        more = f" and {n - 3:,} more" if n > 3 else ""
        super().__init__(
            f"{who} has other {what} for {n:,} of these {of} ({shown}{more}); nothing was "
            f"imported, and the old ones stay. {todo}"
        )


class LeakageError(InputError):
    """Images of the training split are held out for evaluation as well.

    Parameters
    ----------
    n_samples
        How many samples of the training split leak.
    n_exact
        For how many of them it is the same image.
    where
        What they leak into.
    example
        One pair, in words.
    """

    def __init__(self, n_samples: int, n_exact: int, where: str, example: str) -> None:
        self.n_samples, self.n_exact = n_samples, n_exact
        super().__init__(
            f"{counted(n_samples, 'training sample is', 'training samples are')} the same image "
            f"({n_exact:,}) or nearly the same "
            f"({n_samples - n_exact:,}) as samples of {where} (such as {example}): figures there "
            "would be too good. Add `drop_leaks=True` to leave them out, or `force=True` to train "
            "on them."
        )
