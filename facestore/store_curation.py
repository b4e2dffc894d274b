"""The verbs of a store that look after its data: duplicates and splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from facestore.catalog.duplicates import PolicyEffect
from facestore.curation import dedup
from facestore.curation.dedup import DedupSummary
from facestore.curation.split import SplitSummary, split
from facestore.curation.splitting import parse_fractions
from facestore.records import AnyPath
from facestore.stores import Stores


class CurationVerbs:
    """Duplicates are found, left out and taken back; data sets are split without leakage."""

    _stores: Stores

    def duplicates(
        self, *, dataset: str | None = None, max_distance: int | None = None
    ) -> list[PolicyEffect]:
        """Return what each policy would leave out of each data set; nothing is written.

        Parameters
        ----------
        dataset
            Only this data set.
        max_distance
            Bits of the perceptual hash within which images count as nearly the same, 0 to 12; the
            setting `duplicate_distance` if left out.
        """
        return dedup.survey(self._stores, dataset=dataset, max_distance=max_distance)

    def dedup(
        self, policy: str, *, dataset: str | None = None, max_distance: int | None = None
    ) -> DedupSummary:
        """Leave duplicates out of the figures without duplicates; no file is deleted.

        Parameters
        ----------
        policy
            `keep-one`, `drop-conflicting` or `drop-all`; it replaces what was left out before.
        dataset, max_distance
            As for `duplicates`.
        """
        return dedup.exclude(
            self._stores, policy=policy, dataset=dataset, max_distance=max_distance
        )

    def undo_dedup(self, *, dataset: str | None = None) -> int:
        """Leave nothing out any more; return how many samples were."""
        return dedup.restore(self._stores, dataset=dataset)

    def export_excluded(
        self,
        path: AnyPath,
        *,
        policy: str | None = None,
        dataset: str | None = None,
        max_distance: int | None = None,
    ) -> int:
        """Write a CSV of what a policy leaves out, or of what is left out; return the rows."""
        rows = dedup.planned(
            self._stores, policy=policy, dataset=dataset, max_distance=max_distance
        )
        dedup.write_list(Path(path), rows)
        return len(rows)

    def split(
        self,
        dataset: str,
        fractions: str | Mapping[str, float] = "0.8,0.1,0.1",
        *,
        seed: int = 0,
        stratify: Sequence[str] = (),
        force: bool = False,
    ) -> SplitSummary:
        """Give every sample of a data set a split; duplicates are never apart.

        Parameters
        ----------
        dataset
            The data set.
        fractions
            `0.8,0.1,0.1` (train, val, test), `0.8,0.2` (train, test), `fit=0.7,judge=0.3`, or a
            mapping.
        seed
            Another seed gives another split; the same gives the same on every machine.
        stratify
            Attributes whose cells are spread over the splits alike.
        force
            Write over splits that are there.
        """
        if not isinstance(fractions, str):
            fractions = ",".join(f"{name}={each!r}" for name, each in fractions.items())
        return split(
            self._stores,
            dataset=dataset,
            fractions=parse_fractions(fractions),
            seed=seed,
            stratify=stratify,
            force=force,
        )
