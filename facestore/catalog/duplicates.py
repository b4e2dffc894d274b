"""Duplicates in DuckDB: what each policy leaves out, and what is left out."""

from dataclasses import dataclass
from typing import Any

from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.errors import InputError, UnknownChoiceError

POLICIES = ("keep-one", "drop-conflicting", "drop-all")
EXPORT_COLUMNS = ("dataset", "path", "sample_id", "policy", "reason", "kept_path")
LARGEST_DISTANCE = 12

_EFFECTS = """
with planned as (
    select policy, dataset, count(*) as n_excluded
    from duplicate_exclusions($max_distance)
    group by policy, dataset
)
select
    samples.dataset,
    policies.policy,
    count(*) as n_samples,
    count(distinct samples.image_id) as n_images,
    coalesce(any_value(planned.n_excluded), 0) as n_excluded,
    count(*) - coalesce(any_value(planned.n_excluded), 0) as n_kept
from samples
cross join (select unnest($policies) as policy, unnest(range(len($policies))) as place) as policies
left join planned on samples.dataset = planned.dataset and policies.policy = planned.policy
where $dataset is null or samples.dataset = $dataset
group by samples.dataset, policies.policy, policies.place
order by samples.dataset, policies.place
"""

_PLANNED = """
select samples.dataset, samples.path, planned.sample_id, planned.policy, planned.reason,
    kept.path
from {source} as planned
inner join samples on planned.sample_id = samples.sample_id
left join samples as kept on planned.kept_sample_id = kept.sample_id
where ($policy is null or planned.policy = $policy)
    and ($dataset is null or samples.dataset = $dataset)
order by samples.dataset, samples.path
"""

_OF_DATASET = (
    "sample_id in (select sample_id from samples where $dataset is null or dataset = $dataset)"
)


@dataclass(frozen=True)
class PolicyEffect:
    """What a policy would leave out of a data set."""

    dataset: str
    policy: str
    n_samples: int
    n_images: int
    n_excluded: int
    n_kept: int


@dataclass(frozen=True)
class ExclusionChanges:
    """What a write of excluded samples changed."""

    n_new: int
    n_gone: int


class Duplicates(TableFamily):
    """What is left out as a duplicate; images and samples stay."""

    def effects(self, max_distance: int, dataset: str | None) -> list[PolicyEffect]:
        """Return what each policy would leave out of each data set.

        Parameters
        ----------
        max_distance
            Bits of the perceptual hash within which images count as nearly the same.
        dataset
            Only this data set; None: each of them.
        """
        values = {"policies": list(POLICIES)} | _values(max_distance, dataset)
        rows = self._rows(_EFFECTS, values)
        return [PolicyEffect(*row) for row in rows]

    def n_flat(self, dataset: str | None) -> int:
        """Return how many pictures have a perceptual hash that says nothing of them."""
        ((n,),) = self._rows(
            "select count(distinct image_id) from samples inner join images using (image_id) "
            "where phash is not null and telling_hash(phash) is null "
            "and ($dataset is null or dataset = $dataset)",
            {"dataset": dataset},
        )
        return int(n)

    def planned(self, policy: str, max_distance: int, dataset: str | None) -> list[tuple[Any, ...]]:
        """Return the samples that a policy would leave out, in `EXPORT_COLUMNS`."""
        query = _PLANNED.format(source="duplicate_exclusions($max_distance)")
        values = {"policy": _checked(policy)} | _values(max_distance, dataset)
        return self._rows(query, values)

    def n_samples(self, dataset: str | None) -> int:
        """Return how many samples there are, of a data set or of all."""
        ((n,),) = self._rows(
            "select count(*) from samples where ($dataset is null or dataset = $dataset)",
            {"dataset": dataset},
        )
        return int(n)

    def excluded(self, dataset: str | None) -> list[tuple[Any, ...]]:
        """Return the samples that are left out, in `EXPORT_COLUMNS`."""
        query = _PLANNED.format(source="excluded_samples")
        values = {"policy": None, "dataset": dataset}
        return self._rows(query, values)

    def exclude(self, policy: str, max_distance: int, dataset: str | None) -> ExclusionChanges:
        """Leave out what a policy says, instead of what was left out before.

        Returns
        -------
        ExclusionChanges
            Nothing but zeros if the same samples are left out already, for the same reasons.
        """
        values = {"policy": _checked(policy)} | _values(max_distance, dataset)
        with self._database.writing() as con:
            con.execute(
                "create or replace temp table planned as "
                "select sample_id, reason, policy, $max_distance::integer as max_distance, "
                "kept_sample_id from duplicate_exclusions($max_distance) "
                "where policy = $policy and ($dataset is null or dataset = $dataset)",
                values,
            )
            of_dataset = {"dataset": dataset}
            row = con.execute(
                f"with known as (from excluded_samples where {_OF_DATASET}) "  # noqa: S608
                "select (select count(*) from (from planned except from known)), "
                "(select count(*) from (from known except from planned))",
                of_dataset,
            ).fetchone()
            changes = ExclusionChanges(*row) if row else ExclusionChanges(0, 0)
            con.execute(f"delete from excluded_samples where {_OF_DATASET}", of_dataset)  # noqa: S608
            con.execute("insert into excluded_samples from planned order by sample_id")
            if changes != ExclusionChanges(0, 0):
                uncount_datasets(con, None if dataset is None else [dataset])
            con.execute("drop table planned")
        return changes

    def restore(self, dataset: str | None) -> int:
        """Leave nothing out any more; return how many samples were."""
        with self._database.writing() as con:
            uncount_datasets(con, None if dataset is None else [dataset])
            deleted = con.execute(
                f"delete from excluded_samples where {_OF_DATASET}",  # noqa: S608
                {"dataset": dataset},
            ).fetchone()
        return int(deleted[0]) if deleted else 0


def _values(max_distance: int, dataset: str | None) -> dict[str, Any]:
    if not 0 <= max_distance <= LARGEST_DISTANCE:
        message = (
            f"A distance of {max_distance} bits: expected 0 to {LARGEST_DISTANCE}; perceptual "
            "hashes that are further apart are of different pictures."
        )
        raise InputError(message)
    return {"max_distance": max_distance, "dataset": dataset}


def _checked(policy: str) -> str:
    if policy not in POLICIES:
        raise UnknownChoiceError("policy", policy, POLICIES)
    return policy
