"""Check: figures are held against limits, and a limit is broken only where the interval says so.

All intervals of a call hold at once with 95 %: by Bonferroni, over each pair of groups, each
accuracy and each drop of one that the call looks at, so that "failed" means beyond doubt however
much was looked at.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from facestore.catalog.checks import Checks, Figure, Scope
from facestore.catalog.drops import Since
from facestore.catalog.patterns import named
from facestore.catalog.predictions import MAKES_ONE
from facestore.errors import InputError, ParametersError, counted, preview
from facestore.records import AnyPath
from facestore.stores import Stores


class Verdict(StrEnum):
    """How a figure stands to its limit."""

    ok = "ok"
    certified = "certified"
    unclear = "unclear"
    failed = "failed"


@dataclass(frozen=True)
class Condition:
    """A figure, its limit, and the verdict.

    Attributes
    ----------
    name
        `max-gap`, `certify-gap`, `min-accuracy`, `max-drop` or `max-leakage`.
    figure
        What was measured.
    limit
        What is allowed.
    verdict
        `failed` only where the whole interval lies beyond the limit; `unclear` where the figure
        does and the interval does not. A gap to be certified is `certified` where the whole
        interval lies below the limit, and `unclear` where it reaches over it.
    """

    name: str
    figure: Figure
    limit: float
    verdict: Verdict

    @property
    def is_passed(self) -> bool:
        """Whether a CI job may go on: what is to be certified has to be."""
        if self.name == CERTIFY_GAP:
            return self.verdict is Verdict.certified
        return self.verdict is not Verdict.failed


CERTIFY_GAP = "certify-gap"
# Limits that `groups` goes with.
_OF_GROUPS = ("max_gap", "certify_gap")


def check(
    store: Stores,
    *,
    max_gap: float | None = None,
    certify_gap: float | None = None,
    min_accuracy: float | None = None,
    max_drop: float | None = None,
    against: AnyPath | None = None,
    max_leakage: float | None = None,
    classifiers: Sequence[str] = (),
    attribute: str | None = None,
    groups: Sequence[str] = (),
    dataset: str | None = None,
    split: str | None = None,
    include_trained: bool = False,
) -> list[Condition]:
    """Hold figures against limits; a limit is broken only where the whole interval breaks it.

    Parameters
    ----------
    store
        The store; nothing is written.
    max_gap
        Largest difference of accuracy between the best and the worst group, in [0, 1].
    certify_gap
        The difference that no two groups may reach, in [0, 1]: shown to be so, and not only not
        shown to be otherwise.
    min_accuracy
        Smallest accuracy over all groups, in [0, 1], of all labelled samples: one without a
        prediction counts as wrong.
    max_drop
        Largest accuracy that a classifier may have lost since `against`, in [0, 1], on the samples
        that both judged.
    against
        What was before, for `max_drop`: another store, or a snapshot of this one; only read.
    max_leakage
        Largest share of a split whose pictures another split has as well, in [0, 1].
    classifiers, attribute, dataset, split
        Only of these; classifiers also by patterns such as `*topk*`.
    groups
        Attributes whose groups are compared, such as `race` or `gender x race`; empty: each
        single attribute.
    include_trained
        Also classifiers on splits that they were trained or tuned on, which are left out otherwise.

    Returns
    -------
    list of Condition
        One a limit and figure, in the order gap, gap to be certified, accuracy, drop, leakage.

    Raises
    ------
    ParametersError
        If there is no limit, `groups` without the one that is of groups, or one of `max_drop` and
        `against` without the other.
    InputError
        If a limit is no share, or nothing is there to be held against it: a check
        of nothing must not pass. Also if `against` is the store itself.
    OtherStoreError
        If `against` is no store, or one of another version.
    UnknownNameError
        If a name is not known.
    """
    checks = store.catalog.checks
    asked = {
        "max_gap": max_gap,
        "certify_gap": certify_gap,
        "min_accuracy": min_accuracy,
        "max_drop": max_drop,
        "max_leakage": max_leakage,
    }
    limits = {name: limit for name, limit in asked.items() if limit is not None}
    _require_limits(limits, has_groups=bool(groups), has_other=against is not None)
    store.catalog.database.reader()  # there has to be a store
    scope = Scope(
        tuple(named(classifiers, store.catalog.predictions.names())) or None,
        attribute,
        tuple(groups) or None,
        dataset,
        split,
        include_trained,
    )
    checks.require(scope)
    n_compared = _n_compared(checks, scope, limits)
    since = None
    if against is not None:
        drops = store.catalog.drops
        since = drops.since(Path(against), scope, classifiers, n_compared, store.notify)
        n_compared += len(since.figures)
        if unpaired := _unpaired(since, str(against)):
            store.notify(unpaired)
    left_out = _left_out(checks, scope, limits, since)
    if left_out:
        store.notify(left_out)
    groups_needed = "two groups with labels and predictions"
    measures: dict[str, tuple[Callable[[], list[Figure]], str]] = {
        "max_gap": (lambda: checks.gaps(scope, n_compared), groups_needed),
        "certify_gap": (lambda: checks.gaps(scope, n_compared), groups_needed),
        "min_accuracy": (lambda: checks.accuracies(scope, n_compared), "labels and predictions"),
        "max_drop": (
            lambda: [] if since is None else since.figures,
            "a classifier that both stores judged on the same samples",
        ),
        "max_leakage": (lambda: checks.leakages(scope), "samples with a split"),
    }
    conditions = []
    for name, limit in limits.items():
        measure, needed = measures[name]
        figures = measure()
        if not figures:
            is_all_seen = bool(left_out if since is None or name != "max_drop" else since.left_out)
            raise _nothing(store, name, needed, is_all_seen=is_all_seen)
        title = name.replace("_", "-")
        conditions += [
            Condition(title, each, limit, _verdict(title, each, limit)) for each in figures
        ]
    return conditions


def _require_limits(limits: Mapping[str, float], *, has_groups: bool, has_other: bool) -> None:
    """Refuse limits that are none, and what does not go with them."""
    if has_other != ("max_drop" in limits):
        one, other, todo = (
            ("against", "max_drop", "the largest drop as well, such as `max_drop=0.01`")
            if has_other
            else ("max_drop", "against", "a store or a snapshot to compare with as well")
        )
        message = f"`{one}=` goes with `{other}=`: give {todo}."
        raise ParametersError(message)
    if not limits:
        message = (
            "Nothing to check: give a limit, `max_gap=`, `certify_gap=`, `min_accuracy=`, "
            "`max_drop=` or `max_leakage=`."
        )
        raise ParametersError(message)
    if has_groups and limits.keys().isdisjoint(_OF_GROUPS):
        message = "`groups=` goes with `max_gap=` or `certify_gap=`: give one of them as well."
        raise ParametersError(message)
    for name, limit in limits.items():
        if not 0 <= limit <= 1:
            message = f"`{name}=` cannot be {limit:g}: expected a share from 0 to 1, as 0.05."
            raise InputError(message)


def _nothing(store: Stores, name: str, needed: str, *, is_all_seen: bool) -> InputError:
    """Return the error of a limit for which there is no figure, with what helps."""
    todo = "See `facestore info`"
    if name != "max_leakage" and not store.catalog.predictions.names():
        todo = f"There is no classifier yet: {MAKES_ONE}"
    if name != "max_leakage" and is_all_seen:
        todo = (
            "All of it was used to train or tune them, and no figure is left: "
            "`include_trained=True` holds those, too"
        )
    return InputError(
        f"Nothing to hold against `{name}=`: it needs {needed}, as far as `classifiers=`, "
        f"`attribute=`, `groups=`, `dataset=` and `split=` allow. {todo}."
    )


def _n_compared(checks: Checks, scope: Scope, limits: Collection[str]) -> int:
    """Return of how many pairs of groups and accuracies a verdict is given, drops aside."""
    n_compared = 0
    if "max_gap" in limits or "certify_gap" in limits:
        n_compared += checks.n_pairs(scope)
    if "min_accuracy" in limits:
        n_compared += checks.n_accuracies(scope)
    return n_compared


def _left_out(checks: Checks, scope: Scope, limits: Collection[str], since: Since | None) -> str:
    """Return one line about classifiers that are left out; nothing where none is."""
    rows = checks.left_out(scope) if set(limits) != {"max_leakage"} else []
    left_out = {(classifier, dataset, split): seen for classifier, dataset, split, seen in rows}
    left_out |= {} if since is None else since.left_out
    if not left_out:
        return ""
    where: dict[str, list[str]] = {}
    for (classifier, dataset, split), seen in left_out.items():
        where.setdefault(classifier, []).append(f"{_place(dataset, split)}, {seen}")
    named = [f"{classifier!r} ({'; '.join(places)})" for classifier, places in where.items()]
    them = "it" if len(where) == 1 else "them"
    return (
        f"Left out: {counted(len(where), 'classifier')} where judged on what was used to train or "
        f"tune {them}: {preview(named)}. `include_trained=True` checks {them} there, too."
    )


def _unpaired(since: Since, other: str) -> str:
    """Return one line about what only one of the stores judged; nothing where there is none."""
    told = {
        "by this store alone": since.only_now,
        f"by '{other}' alone": since.only_earlier,
        "by both on no sample in common": since.apart,
    }
    parts = []
    for where, places in told.items():
        named = [f"{name!r} on {_place(dataset, split)}" for name, dataset, split in places]
        parts += [f"{where}: {preview(named)}"] if named else []
    return f"Not compared, as judged {'; '.join(parts)}." if parts else ""


def _place(dataset: str, split: str | None) -> str:
    return f"{dataset}, no split" if split is None else f"{dataset}/{split}"


def _verdict(name: str, figure: Figure, limit: float) -> Verdict:
    if name == CERTIFY_GAP and figure.high < limit:
        return Verdict.certified
    if name.startswith("min"):
        is_beyond, is_clear = figure.value < limit, figure.high < limit
    else:
        is_beyond, is_clear = figure.value > limit, figure.low > limit
    if is_clear:
        return Verdict.failed
    return Verdict.unclear if is_beyond or name == CERTIFY_GAP else Verdict.ok
