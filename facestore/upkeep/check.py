"""Check: figures are held against limits, and a limit is broken only where the interval says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from facestore.catalog.checks import Figure, Scope
from facestore.errors import InputError
from facestore.stores import Stores


class Verdict(StrEnum):
    """How a figure stands to its limit."""

    ok = "ok"
    unclear = "unclear"
    failed = "failed"


@dataclass(frozen=True)
class Limits:
    """What is allowed; None: anything.

    Attributes
    ----------
    max_gap
        Largest difference between the accuracies of the best and the worst group, in [0, 1].
    min_accuracy
        Smallest accuracy over all groups, in [0, 1].
    max_leakage
        Largest share of a split whose pictures another split has as well, in [0, 1].
    """

    max_gap: float | None = None
    min_accuracy: float | None = None
    max_leakage: float | None = None

    def __post_init__(self) -> None:
        given = {name: value for name, value in vars(self).items() if value is not None}
        if not given:
            message = "There is no limit to check: give --max-gap, --min-accuracy or --max-leakage."
            raise InputError(message)
        for name, value in given.items():
            if not 0 <= value <= 1:
                option = name.replace("_", "-")
                message = f"--{option} cannot be {value:g}: expected a share from 0 to 1, as 0.05."
                raise InputError(message)


@dataclass(frozen=True)
class Condition:
    """A figure, its limit, and the verdict.

    Attributes
    ----------
    name
        `max-gap`, `min-accuracy` or `max-leakage`.
    figure
        What was measured.
    limit
        What is allowed.
    verdict
        `failed` only where the whole 95 % interval lies beyond the limit; `unclear` where the
        figure does and the interval does not.
    """

    name: str
    figure: Figure
    limit: float
    verdict: Verdict


def check(store: Stores, limits: Limits, scope: Scope) -> list[Condition]:
    """Hold the figures of a store against limits; nothing is written.

    Returns
    -------
    list of Condition
        One a limit and figure, in the order gap, accuracy, leakage.

    Raises
    ------
    UnknownNameError
        If nothing has a name of the scope.
    InputError
        If there is no figure for a limit: a check of nothing must not pass.
    """
    checks = store.catalog.checks
    checks.require(scope)
    wanted: list[tuple[str, float | None, Callable[[Scope], list[Figure]], str]] = [
        ("max-gap", limits.max_gap, checks.gaps, "two groups with labels and predictions"),
        ("min-accuracy", limits.min_accuracy, checks.accuracies, "labels and predictions"),
        ("max-leakage", limits.max_leakage, checks.leakages, "samples with a split"),
    ]
    conditions = []
    for name, limit, measure, needed in wanted:
        if limit is None:
            continue
        figures = measure(scope)
        if not figures:
            message = (
                f"Nothing to hold against --{name}: it needs {needed}, as far as --classifier, "
                "--attribute, --group, --dataset and --split allow. See `facestore info`."
            )
            raise InputError(message)
        conditions += [
            Condition(name, each, limit, _verdict(name, each, limit)) for each in figures
        ]
    return conditions


def _verdict(name: str, figure: Figure, limit: float) -> Verdict:
    if name.startswith("min"):
        is_beyond, is_clear = figure.value < limit, figure.high < limit
    else:
        is_beyond, is_clear = figure.value > limit, figure.low > limit
    if is_clear:
        return Verdict.failed
    return Verdict.unclear if is_beyond else Verdict.ok
