"""What the operating system refused, in its own words, whoever says so.

Python raises an OSError, DuckDB one of many classes, Lance and Polars what Rust says: all of them
have the words of the system in their text.
"""

import errno
import os
import re
import sys
from contextlib import suppress

from facestore.errors import AddressSpaceError

_NUMBERS = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOLCK,
    errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOMEM, errno.ESTALE, errno.ENXIO, errno.ENODEV,
    errno.ETIMEDOUT,
)  # fmt: skip
NO_MEMORY = os.strerror(errno.ENOMEM)
NO_LOCKS = os.strerror(errno.ENOLCK)
_REASONS = tuple(os.strerror(number) for number in _NUMBERS)
# What says that memory, or room for the stack of a thread, could not be had.
_MEMORY = re.compile(
    r"bad_alloc|can't start new thread|failed to spawn thread|can't allocate memory"
    r"|failed to allocate|failed to map segment|out of memory|memory allocation of",
    re.IGNORECASE,
)  # fmt: skip


def system_reason(error: BaseException) -> str | None:
    """Return why the system did not do what it was asked; None where an error is of another kind.

    Parameters
    ----------
    error
        Of any library. Errors that it was raised from count, too.
    """
    each: BaseException | None = error
    while each is not None:
        if isinstance(each, MemoryError):
            return NO_MEMORY
        if isinstance(each, OSError) and each.errno in _NUMBERS:
            return os.strerror(each.errno)
        text = str(each)
        for reason in _REASONS:
            if reason.lower() in text.lower():
                return reason
        if _MEMORY.search(text):
            return NO_MEMORY
        each = each.__cause__ or each.__context__
    return None


def fails_on_a_row(error: BaseException) -> bool:
    """Whether DuckDB cannot compute with a row, as with a setting that should be a number."""
    duckdb = sys.modules.get("duckdb")  # a command that never opened a store is spared the import
    return duckdb is not None and isinstance(error, duckdb.DataError)


def require_address_space(gigabytes: float, what: str) -> None:
    """Refuse what would end in a crash of native code: libraries reserve far more than they use.

    Parameters
    ----------
    gigabytes
        How much is needed, with some left for threads.
    what
        Needs it, in words.

    Raises
    ------
    AddressSpaceError
        If a limit (`ulimit -v`) allows less.
    """
    with suppress(ImportError):  # Windows has no such limit
        import resource

        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY and allowed < gigabytes * 2**30:
            raise AddressSpaceError(what, allowed / 2**30, gigabytes)
