"""The verbs of a store that hand its figures on: to a CI job, to other tools."""

from __future__ import annotations

from collections.abc import Sequence

from facestore.catalog.checks import Scope
from facestore.stores import Stores
from facestore.upkeep.check import Condition, Limits, check


class HandoffVerbs:
    """Figures are held against limits; rows and vectors are written for other tools."""

    _stores: Stores

    def check(
        self,
        *,
        max_gap: float | None = None,
        min_accuracy: float | None = None,
        max_leakage: float | None = None,
        classifiers: Sequence[str] = (),
        attribute: str | None = None,
        groups: Sequence[str] = (),
        dataset: str | None = None,
        split: str | None = None,
    ) -> list[Condition]:
        """Hold figures against limits; a limit is broken only where the whole interval breaks it.

        Parameters
        ----------
        max_gap
            Largest difference of accuracy between the best and the worst group, in [0, 1].
        min_accuracy
            Smallest accuracy over all groups, in [0, 1].
        max_leakage
            Largest share of a split whose pictures another split has as well, in [0, 1].
        classifiers, attribute, dataset, split
            Only of these.
        groups
            Attributes whose groups are compared, such as `race` or `gender x race`; empty: each
            single attribute.

        Raises
        ------
        InputError
            If there is no limit, one is no share, or nothing is there to be held against it.
        UnknownNameError
            If a name is not known.
        """
        scope = Scope(tuple(classifiers) or None, attribute, tuple(groups) or None, dataset, split)
        return check(self._stores, Limits(max_gap, min_accuracy, max_leakage), scope)
