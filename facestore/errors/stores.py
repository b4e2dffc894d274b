"""What is wrong with the folder or the files of a store."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from facestore.errors.base import FacestoreError
from facestore.errors.wording import counted, in_one_line, preview, todo_about


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


class UnusablePathError(StoreError):
    """A path that names no file to the library that has to open it.

    Parameters
    ----------
    path
        As it was given.
    why
        What is wrong with it.
    whole
        The path from the root on, where the reason may be in a folder above.
    """

    def __init__(self, path: Path, why: str, whole: str) -> None:
        self.path = path
        where = "" if str(path) == whole else f" (that is '{whole}')"
        super().__init__(
            f"No store and no snapshot can lie at '{path}'{where}: {why}. Give another path, or "
            "give the folder another name."
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
        self.path, self.reason = path, in_one_line(reason)
        todo = todo_about(self.reason) or "see that there is space and that you may write there"
        super().__init__(
            f"'{path}' cannot be written ({self.reason}), and nothing was half written: {todo}"
            f"{other and f', or {other}'}, and run the same command again."
        )


class StoreReadError(StoreError):
    """Files of a store cannot be read."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = path, in_one_line(reason)
        todo = todo_about(self.reason) or "see that you may read it"
        super().__init__(
            f"'{path}' cannot be read ({self.reason}), and nothing was changed: {todo}, and run "
            "the same command again."
        )


class NoLocksError(StoreError):
    """A file system that locks nothing: two commands could write to a store at once."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = path, in_one_line(reason)
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
            f"{len(failed)} of {counted(n_audits, 'audit')} failed ({preview(failed)}), none was "
            f"expected to: `facestore doctor {failed[0]}` shows the rows, and what to do."
        )


class BadRowError(StoreError):
    """A row of the store cannot be computed with, so that a view cannot answer."""

    def __init__(self, details: str) -> None:
        super().__init__(
            f"A row of the store cannot be computed with ({in_one_line(details)}): "
            "`facestore doctor` finds it, and says what to do."
        )
