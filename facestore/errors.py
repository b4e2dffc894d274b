"""The errors that a user of facestore can cause, each with a message of one line.

A message says what was given, what was expected and what to do next::

    FacestoreError
    ├── StoreError               the folder or the files of a store
    │   ├── StoreNotFoundError   nothing there yet
    │   ├── NotAStoreError       something else is there
    │   ├── StoreBusyError       another process holds the DuckDB file
    │   ├── StoreLockedError     another process runs the same command on it
    │   ├── StoreWriteError      a full disk, a store that may only be read
    │   ├── VectorsUnreadableError  a Lance table that is damaged, or not to be opened now
    │   ├── StoreReadError       a disk that does not give back what it has
    │   ├── NoLocksError         a file system without locks
    │   ├── VectorsDifferError   a Lance table that is not what the catalogue knows of it
    │   ├── StoreTooNewError     written by a newer facestore
    │   ├── StoreOutdatedError   waits for `facestore migrate`
    │   ├── StoreAlteredError    has other views, macros or tables than this version makes
    │   ├── OtherStoreError      what this one is to be compared with is no store of its version
    │   ├── MigrationError       migration files with a gap, or edited after they ran
    │   └── AuditsFailedError    something in a store is not as it must be
    ├── InputError               what the user gave: files, tables, names, options
    │   ├── ParametersError      parameters that do not go together
    │   ├── TableError           a label, similarity, prediction or vector file, refused whole
    │   ├── UnknownNameError     no such prompt set, encoder, dataset ...
    │   └── LeakageError         training samples that are held out as well
    ├── QueryError               SQL that DuckDB refuses
    ├── SystemFaultError         memory, open files: what the system refused elsewhere
    ├── AddressSpaceError        a limit under which native code would crash
    └── EncoderError             models
        ├── EncoderMismatchError other weights or preprocessing under a known name
        ├── HeadsMismatchError   heads that were trained on vectors of another encoder
        ├── NoVectorsError       an encoder that has no image vectors yet
        └── TextVectorsMissingError  an imported encoder without vectors for these prompts
"""

import difflib
import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from shlex import quote

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


class FacestoreError(Exception):
    """Base of every expected error; its text is one line for the user."""


class StoreError(FacestoreError):
    """Something about the folder or the files of a store."""


class StoreNotFoundError(StoreError, FileNotFoundError):
    """There is no store at a path yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"No store at '{path}'. Make one with "
            f"`facestore ingest FOLDER store={quote(str(path))}`, or name another with `store=` or "
            "FACESTORE_STORE."
        )

    def __str__(self) -> str:
        """Return the message alone; FileNotFoundError would print a tuple."""
        return str(self.args[0])


class NotAStoreError(StoreError):
    """A path holds something that is not a facestore store."""

    def __init__(self, path: Path, found: str) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"'{path}' is not a facestore store: {found}. "
            "Give `store=` a store, an empty folder or a new one."
        )


class StoreBusyError(StoreError):
    """Another process holds the DuckDB file, so it cannot be opened for writing."""

    def __init__(self, path: Path, holder: str) -> None:
        self.path, self.holder = path, holder
        super().__init__(
            f"'{path}' is in use by {holder}. "
            "Close it there (in DBeaver: disconnect) and run the command again; what was done is "
            "kept. FACESTORE_WAIT says for how many seconds commands wait."
        )


class StoreLockedError(StoreError):
    """Another process runs a command of which a store takes one at a time."""

    def __init__(self, path: Path, command: str, pid: str) -> None:
        self.path, self.command, self.pid = path, command, pid
        super().__init__(
            f"Another {command} runs on '{path}' (process {pid or 'unknown'}), and a store takes "
            "one at a time: wait until it has ended, or stop it, and run the command again."
        )


class StoreWriteError(StoreError):
    """A store, a copy of one or a page about one cannot be written."""

    def __init__(self, path: Path | str, reason: str, *, other: str = "") -> None:
        self.path, self.reason = path, _in_one_line(reason)
        todo = todo_about(self.reason) or "see that there is space and that you may write there"
        super().__init__(
            f"'{path}' cannot be written ({self.reason}), and nothing was half written: {todo}"
            f"{other and f', or {other}'}, and run the same command again."
        )


class StoreReadError(StoreError):
    """Files of a store cannot be read."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = path, _in_one_line(reason)
        todo = todo_about(self.reason) or "see that you may read it"
        super().__init__(
            f"'{path}' cannot be read ({self.reason}), and nothing was changed: {todo}, and run "
            "the same command again."
        )


class NoLocksError(StoreError):
    """A file system that locks nothing: two commands could write to a store at once."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = path, _in_one_line(reason)
        super().__init__(
            f"'{path}' is on a file system that gives no locks ({self.reason}), and without them "
            "two commands could spoil a store: have it mounted with locks (NFS: without `nolock`, "
            "and its lock service running), or put the store on a disk of this machine, and run "
            "the same command again."
        )


class VectorsUnreadableError(StoreError):
    """The newest version of a Lance table cannot be read.

    Parameters
    ----------
    table
        Its name.
    reason
        What is wrong.
    is_damaged
        Whether it is the files, and not what the machine allows at the moment.
    """

    def __init__(self, table: str, reason: str, *, is_damaged: bool) -> None:
        self.table, self.reason, self.is_damaged = table, reason, is_damaged
        todo = (
            "run `facestore doctor repair=True`, which goes back to its newest version that can be "
            "read, and ingest or import again what is missing"
            if is_damaged
            else "see that you may read it and that the machine has memory and open files to "
            "spare, and run the same command again"
        )
        super().__init__(f"'vectors/{table}.lance' cannot be read ({reason}): {todo}.")


class VectorsDifferError(StoreError):
    """A Lance table is not what the catalogue knows of it.

    Parameters
    ----------
    table
        Its name.
    problem
        What differs.
    """

    def __init__(self, table: str, problem: str) -> None:
        self.table, self.problem = table, problem
        super().__init__(
            f"'vectors/{table}.lance' is not what the catalogue knows of it: {problem}. Nothing "
            "was measured with it: restore the store from a copy, or delete this folder and ingest "
            "with `models=`, import the vectors or score again, whichever made it."
        )


class StoreTooNewError(StoreError):
    """A store has migrations that this program does not know."""

    def __init__(self, *, found: int, known: int) -> None:
        self.found, self.known = found, known
        super().__init__(
            f"The store is at schema version {found}, but this facestore knows versions up to "
            f"{known}: upgrade it with `pip install -U facestore`."
        )


class StoreOutdatedError(StoreError):
    """A store waits for migrations or views that reading commands do not write."""

    def __init__(self, pending: Sequence[str]) -> None:
        self.pending = tuple(pending)
        super().__init__(
            f"The store was written by an older facestore (pending: {preview(pending)}). "
            "Run `facestore migrate` once."
        )


class StoreAlteredError(StoreError):
    """The tables, views or macros of a store are not those that this version makes.

    Parameters
    ----------
    path
        The store.
    problems
        (kind, name, problem) of each.

    Attributes
    ----------
    found, todo
        What is wrong, and what to do about it.
    """

    def __init__(self, path: Path, problems: Sequence[tuple[str, str, str]]) -> None:
        self.path, self.problems = path, tuple(problems)
        told = preview([f"{kind} {name!r}: {problem}" for kind, name, problem in problems])
        self.found = f"it was changed by another program ({told})"
        if any(kind == "table" for kind, *_ in problems):
            self.todo = "Restore the store from a copy, or import its data into a new one."
        else:
            self.todo = (
                "If you trust its rows, `facestore migrate rebuild_views=True` makes our views "
                "anew; yours in the schema 'mine' are kept."
            )
        super().__init__(
            f"'{path}' is not read: {self.found}, and figures of it could be wrong. {self.todo}"
        )


class OtherStoreError(StoreError):
    """What a store is to be compared with is no store, or one of another version.

    Parameters
    ----------
    path
        What was given.
    found
        What is wrong with it.
    todo
        What to do about it.
    """

    def __init__(
        self, path: Path, found: str, todo: str = "Give a store, or a file of `facestore snapshot`."
    ) -> None:
        self.path, self.found = path, found
        super().__init__(
            f"'{path}' cannot be compared with this store: {found}; the folder of a store or a "
            f".duckdb file of the same version was expected. {todo}"
        )


class MigrationError(StoreError):
    """Migration files that cannot be trusted: a gap, a duplicate, or edited after they ran."""


class AuditsFailedError(StoreError):
    """`facestore doctor` found rows or files that are not as they must be."""

    def __init__(self, failed: Sequence[str], n_audits: int) -> None:
        self.failed = tuple(failed)
        super().__init__(
            f"{len(failed)} of {n_audits} audits failed ({preview(failed)}), none was expected to: "
            f"`facestore doctor {failed[0]}` shows the rows, and what to do."
        )


class InputError(FacestoreError, ValueError):
    """Something that the user gave is not what was expected."""


class ParametersError(InputError):
    """Parameters that exclude each other, or of which one lacks another: wrong usage."""


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
        self.kind, self.name, self.known = kind, name, sorted(known)
        near = difflib.get_close_matches(name, self.known, n=3, cutoff=0.5) or [
            each for each in self.known if all(w in each.lower() for w in name.lower().split())
        ]
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
            f"{n_samples:,} training samples are the same image ({n_exact:,}) or nearly the same "
            f"({n_samples - n_exact:,}) as samples of {where} (such as {example}): figures there "
            "would be too good. Add `drop_leaks=True` to leave them out, or `force=True` to train "
            "on them."
        )


class QueryError(FacestoreError):
    """DuckDB refuses a statement of the user."""


class SystemFaultError(FacestoreError):
    """The system refused something that every program needs."""

    def __init__(self, reason: str, details: str = "") -> None:
        self.reason = _in_one_line(reason)
        # Of memory many libraries speak at length, and none says more than the system.
        more = "" if self.reason == os.strerror(errno.ENOMEM) else _in_one_line(details)
        shown = f" ({more})" if more and more != self.reason else ""
        todo = todo_about(self.reason) or "see that you may read and write what the command names"
        super().__init__(
            f"The system says: {self.reason}{shown}. What was done is kept: {todo}, and run the "
            "same command again."
        )


class AddressSpaceError(FacestoreError):
    """A limit of the address space under which a library would crash."""

    def __init__(self, what: str, allowed: float, needed: float) -> None:
        self.allowed, self.needed = allowed, needed
        super().__init__(
            f"This process may use {allowed:.1f} GB of address space (`ulimit -v`), and {what} "
            f"needs {needed:g} GB, most of it only reserved: allow more (`ulimit -v "
            f"{int(needed * 2**20)}`, or unlimited; limit memory with a cgroup instead), and run "
            "the same command again."
        )


class EncoderError(FacestoreError):
    """A model that cannot be loaded or used."""


class EncoderMismatchError(EncoderError):
    """Other weights or preprocessing under the name of a known encoder."""

    def __init__(self, name: str, what: str, *, found: object, expected: object) -> None:
        self.name, self.what, self.found, self.expected = name, what, found, expected
        super().__init__(
            f"Encoder {name!r} has {what} {found}, but the store knows it with {expected}: "
            "vectors of the two must not mix. Use another store, or the original weights."
        )


class HeadsMismatchError(EncoderError):
    """Heads are asked to judge vectors of another encoder than they were trained on."""

    def __init__(self, path: Path, trained_on: str, problem: str) -> None:
        self.path, self.trained_on, self.problem = path, trained_on, problem
        super().__init__(
            f"'{path}' was trained on vectors of encoder {trained_on!r}, but {problem}: vectors of "
            "another encoder mean something else. Ingest with that `models=`, or give other heads."
        )


class NoVectorsError(EncoderError, InputError):
    """An encoder has no image vectors yet."""

    def __init__(self, encoder: str, architecture: str) -> None:
        self.encoder = encoder
        super().__init__(
            f"Encoder {encoder!r} has no image vectors: ingest images with "
            f"`models={architecture}`, or `facestore import embeddings`."
        )


class TextVectorsMissingError(EncoderError):
    """An imported encoder has no vectors for some texts and no model to make them."""

    def __init__(self, encoder: str, texts: Sequence[str], known: Iterable[str] = ()) -> None:
        self.encoder, self.texts = encoder, tuple(texts)
        near = difflib.get_close_matches(texts[0], list(known), n=1, cutoff=0.8)
        hint = f" It has one for {near[0]!r}." if near else ""
        prompts = f"{len(texts)} prompts" if len(texts) > 1 else "the text"
        super().__init__(
            f"Encoder {encoder!r} was imported without text vectors for {prompts} "
            f"({preview([repr(t) for t in texts])}).{hint} "
            "Import them with `facestore import embeddings ... text=FILE`."
        )


def todo_about(reason: str) -> str | None:
    """Return what helps against a reason in the words of the system; None where none is known."""
    return next((todo for words, todo in _TODOS.items() if words in reason), None)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())[:300].rstrip(".")


def preview(items: Iterable[object], limit: int = 3) -> str:
    """Return the first `limit` items as text, and how many more there are."""
    values = list(items)
    shown = ", ".join(str(value) for value in values[:limit])
    return shown if len(values) <= limit else f"{shown} and {len(values) - limit:,} more"
