"""The figures that `facestore check` holds against limits, each with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from shlex import quote
from typing import Any

from facestore.catalog.database import TableFamily
from facestore.catalog.predictions import unknown_classifier
from facestore.errors import UnknownNameError

_MEANT = """
where ($classifiers is null or list_contains($classifiers, classifier))
    and ($attribute is null or attribute = $attribute)
    and ($dataset is null or dataset = $dataset)
    and ($split is null or split = $split)
    and ($with_seen or seen is null)
"""
_GROUPS_MEANT = """
    and ($groups is null or list_contains($groups, group_attribute))
    and ($groups is not null or not contains(group_attribute, ' x '))
"""
_N_PAIRS = (
    """
select sum(n_groups * (n_groups - 1) / 2)::bigint
from
    accuracy_disparity
"""
    + _MEANT
    + _GROUPS_MEANT
)
_N_ACCURACIES = (
    """
select count(*)
from
    classifier_summary
"""
    + _MEANT
)
_GAPS = (
    """
select classifier, attribute, dataset, split, gap, ci_low, ci_high,
    n_samples_best + n_samples_worst, group_attribute,
    best_group || ' ' || format('{:.4f}', accuracy_best) || ', '
        || worst_group || ' ' || format('{:.4f}', accuracy_worst)
        || if(
            (surest_better_group, surest_worse_group) = (best_group, worst_group),
            '',
            '; surest: ' || surest_better_group || ' against ' || surest_worse_group
        )
from accuracy_gaps_among($n_compared)
"""
    + _MEANT
    + _GROUPS_MEANT
    + "order by all"
)
_ACCURACIES = (
    """
select classifier, attribute, dataset, split, accuracy_at_least,
    limits['low'], limits['high'],
    n_samples + n_missing, null,
    if(
        n_missing = 0,
        '',
        format('{:.4f} of {}; {} ', accuracy, n_samples, n_missing)
            || 'without a prediction count as wrong'
    )
from (
    select
        *,
        (n_samples + greatest(n_missing, 0)) * (n_effective / n_samples) as n_worth,
        if(
            $n_compared > 1,
            limits_among(accuracy * n_effective, n_worth, $n_compared),
            {'low': ci_low_at_least, 'high': ci_high_at_least}
        ) as limits
    from classifier_summary
)
"""
    + _MEANT
    + "order by all"
)
_LEFT_OUT = (
    """
select classifier, dataset, split, min(seen)
from
    classifier_summary
"""
    + _MEANT
    + "and seen is not null group by all order by all"
)
_OF_GAPS = ("classifiers", "attribute", "with_seen", "groups")
_OF_ACCURACIES = ("classifiers", "attribute", "with_seen")
_LEAKAGES = """
select null, null, dataset, split, leaking_share, leaking_share, leaking_share, n_samples, null,
    format(
        '{} sample{}, {} of them the same bytes',
        n_leaking, if(n_leaking = 1, '', 's'), n_same_content
    )
from leakage_by_split
where ($dataset is null or dataset = $dataset) and ($split is null or split = $split)
order by all
"""


@dataclass(frozen=True)
class Scope:
    """Which figures are meant; None: all.

    Attributes
    ----------
    classifiers
        Names of classifiers.
    attribute
        What they predict.
    groups
        Attributes of groups, pairs such as `gender x race` among them; None: each single one.
    dataset, split
        Where they were judged.
    with_seen
        Also where a classifier was trained or tuned on what it is judged on.
    """

    classifiers: Sequence[str] | None = None
    attribute: str | None = None
    groups: Sequence[str] | None = None
    dataset: str | None = None
    split: str | None = None
    with_seen: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure with its interval; one that is counted has an interval of no width.

    Attributes
    ----------
    classifier, attribute
        None for what is said of data.
    dataset, split
        Where it was measured.
    value, low, high
        Fractions in [0, 1]; a low limit of a gap may be below 0, and so may what an accuracy lost.
    n_samples
        On how many samples it rests.
    group_attribute
        Whose groups are compared, or None.
    details
        Further words.
    """

    classifier: str | None
    attribute: str | None
    dataset: str
    split: str | None
    value: float
    low: float
    high: float
    n_samples: int
    group_attribute: str | None
    details: str


class Checks(TableFamily):
    """Figures for limits."""

    def n_pairs(self, scope: Scope) -> int:
        """Return how many pairs of groups are compared, of all classifiers and attributes meant."""
        return self._number(_N_PAIRS, scope, _OF_GAPS)

    def n_accuracies(self, scope: Scope) -> int:
        """Return how many accuracies over all groups are meant."""
        return self._number(_N_ACCURACIES, scope, _OF_ACCURACIES)

    def gaps(self, scope: Scope, n_compared: int) -> list[Figure]:
        """Return the gaps between the best and the worst group.

        Parameters
        ----------
        scope
            Which of them.
        n_compared
            Of how many comparisons all intervals shall hold at once.
        """
        return self._figures(_GAPS, scope, _OF_GAPS, n_compared=n_compared)

    def accuracies(self, scope: Scope, n_compared: int) -> list[Figure]:
        """Return the accuracies over all groups; as `gaps`."""
        return self._figures(_ACCURACIES, scope, _OF_ACCURACIES, n_compared=n_compared)

    def leakages(self, scope: Scope) -> list[Figure]:
        """Return the shares of samples that another split has as well."""
        return self._figures(_LEAKAGES, scope, ())

    def left_out(self, scope: Scope) -> list[tuple[str, str, str | None, str]]:
        """Return what a scope leaves out: classifier, data set, split, and `trained` or `tuned`."""
        if scope.with_seen:
            return []
        values = _parameters(replace(scope, with_seen=True), _OF_ACCURACIES)
        return self._rows(_LEFT_OUT, values)

    def require(self, scope: Scope) -> None:
        """Refuse names that nothing has, so that a slip of the pen never passes.

        Raises
        ------
        UnknownNameError
            For the first of them.
        """
        for kind, query, given in (
            ("classifier", "select name from classifiers", scope.classifiers),
            ("attribute with predictions", "select attribute from classifiers", [scope.attribute]),
            ("data set", "select dataset from samples", [scope.dataset]),
            ("split", "select split from samples", [scope.split]),
            ("group", "select group_attribute from accuracy_by_group", scope.groups),
        ):
            names = [name for name in given or () if name is not None]
            if not names:
                continue
            rows = self._rows(query)
            known = {row[0] for row in rows} - {None, "overall"}
            for name in names:
                if name not in known:
                    if kind == "classifier":
                        raise unknown_classifier(name, sorted(known))
                    raise UnknownNameError(kind, name, known, _todo_about(kind, scope.dataset))

    def _figures(
        self, query: str, scope: Scope, more: Sequence[str], **values: int
    ) -> list[Figure]:
        return [Figure(*row) for row in self._rows(query, _parameters(scope, more) | values)]

    def _number(self, query: str, scope: Scope, more: Sequence[str]) -> int:
        return int(self._rows(query, _parameters(scope, more))[0][0] or 0)


def _todo_about(kind: str, dataset: str | None) -> str:
    """Return what makes a name that is not there; empty where no command does."""
    if kind != "split":
        return ""
    return f"`facestore split dataset={quote(dataset or 'DATASET')}` makes train, val and test."


def _parameters(scope: Scope, more: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(scope, name) for name in ("dataset", "split", *more)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
