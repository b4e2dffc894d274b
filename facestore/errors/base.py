"""What every expected error is, and what the system refuses."""

import errno
import os

from facestore.errors.wording import by_number, in_one_line, todo_about


class FacestoreError(Exception):
    """Base of every expected error; its text is one line for the user."""


class PartlyDoneError(FacestoreError):
    """Some of what was asked for could not be done; the rest is."""

    def __init__(self, n_failed: int, n_all: int) -> None:
        self.n_failed, self.n_all = n_failed, n_all
        n_done = n_all - n_failed
        super().__init__(
            f"{n_failed:,} of {n_all:,} could not be done, as said above, and {n_done:,} "
            f"{by_number(n_done, 'is', 'are')} done: mend what is said, and run the same command "
            "again."
        )


class QueryError(FacestoreError):
    """DuckDB refuses a statement of the user.

    Parameters
    ----------
    found
        What it says. Parts of the statement may be in it, so no word of it is read as a parameter.
    todo
        What to do about it.
    """

    def __init__(self, found: str, todo: str = "") -> None:
        self.found, self.todo = found, todo
        super().__init__(f"{found}. {todo}" if todo else found)


class SystemFaultError(FacestoreError):
    """The system refused something that every program needs."""

    def __init__(self, reason: str, details: str = "") -> None:
        self.reason = in_one_line(reason)
        # Of memory many libraries speak at length, and none says more than the system.
        more = "" if self.reason == os.strerror(errno.ENOMEM) else in_one_line(details)
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
