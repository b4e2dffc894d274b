"""Results of many combinations: each as soon as it is there, and in the end what failed and why."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer

from facestore.cli.console import one_line, print_summary, wrapped
from facestore.cli.wording import as_typed
from facestore.errors import PartlyDoneError


def print_each(results: Iterable[Any]) -> None:
    """Print the summary of each result, and in the end what failed and why.

    Raises
    ------
    FacestoreError
        The error of the only combination, or that some of several failed.
    """
    n_all, failures = 0, []
    try:
        for result in results:
            n_all += 1
            if hasattr(result, "error"):
                failures.append(result)
            else:
                print_summary(result)
    finally:
        if n_all > 1:
            tell(failures)
    if failures:
        raise failures[0].error if n_all == 1 else PartlyDoneError(len(failures), n_all)


def tell(failures: Sequence[Any]) -> None:
    """Print what could not be done: a line a reason, on stderr, also where messages are not."""
    reasons: dict[str, list[str]] = {}
    for each in failures:
        reasons.setdefault(as_typed(str(each.error)), []).append(each.what)
    for reason, what in reasons.items():
        typer.echo(wrapped(one_line(f"failed: {'; '.join(what)}: {reason}"), sys.stderr), err=True)
