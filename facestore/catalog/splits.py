"""Splits of data sets in DuckDB."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from facestore.catalog.counts import uncount_datasets
from facestore.catalog.database import TableFamily
from facestore.catalog.seen import mark_left
from facestore.errors import UnknownNameError
from facestore.records import SplitMember

# A sample is known by its content, or else by its name, never by its place in a table.
_MEMBERS = """
select
    samples.sample_id,
    coalesce(samples.image_id, samples.dataset || '/' || samples.path) as content,
    samples.path,
    duplicate_groups.group_id,
    list_transform($attributes, lambda attribute: given.labels[attribute]) as stratum
from samples
left join duplicate_groups on samples.image_id = duplicate_groups.image_id
left join (
    select sample_id, map_from_entries(list((attribute, label))) as labels
    from labels
    group by sample_id
) as given on samples.sample_id = given.sample_id
where samples.dataset = $dataset
order by samples.sample_id
"""


class Splits(TableFamily):
    """Which part of its data set a sample is in."""

    def members(self, dataset: str, attributes: Sequence[str]) -> list[SplitMember]:
        """Return the samples of a data set with what decides their split.

        Parameters
        ----------
        dataset
            The data set.
        attributes
            Those whose labels make the strata.

        Raises
        ------
        UnknownNameError
            If no sample of the data set has a label of an attribute.
        """
        con = self._database.reader()
        labelled = con.execute(
            "select distinct attribute from labels inner join samples using (sample_id) "
            "where dataset = ? and label is not null order by attribute",
            [dataset],
        ).fetchall()
        known = [attribute for (attribute,) in labelled]
        for attribute in attributes:
            if attribute not in known:
                raise UnknownNameError("labelled attribute", attribute, known)
        values = {"dataset": dataset, "attributes": list(attributes)}
        rows = con.execute(_MEMBERS, values).fetchall()
        return [
            SplitMember(sample_id, content, path, group, tuple(stratum))
            for sample_id, content, path, group, stratum in rows
        ]

    def sizes(self, dataset: str) -> dict[str, int]:
        """Return how many samples each split of a data set has; those without one do not count."""
        rows = self._rows(
            "select split, count(*) from samples where dataset = ? and split is not null "
            "group by split order by split",
            [dataset],
        )
        return dict(rows)

    def save(
        self,
        dataset: str,
        split_of: Mapping[int, str],
        *,
        fractions: Mapping[str, float],
        stratify: Sequence[str],
        seed: int,
    ) -> int:
        """Write the split of every sample of a data set, and how it was made.

        Returns
        -------
        int
            How many samples are in another split now.
        """
        rows = pa.table(
            {
                "sample_id": pa.array(list(split_of), pa.int32()),
                "split": pa.array(list(split_of.values()), pa.string()),
            }
        )
        with self._database.writing() as con:
            con.register("incoming", rows)
            left = con.execute(
                "select distinct samples.split from incoming inner join samples using (sample_id) "
                "where samples.split is distinct from incoming.split"
            ).fetchall()
            changed = con.execute(
                "update samples set split = incoming.split from incoming "
                "where samples.sample_id = incoming.sample_id "
                "and samples.split is distinct from incoming.split"
            ).fetchone()
            con.unregister("incoming")
            uncount_datasets(con, [dataset])
            mark_left(con, dataset, [split for (split,) in left])
            con.execute(
                "insert or replace into dataset_splits "
                "values (?, ?, ?, ?, ?, make_timestamp(epoch_us(now())))",
                [dataset, list(fractions), list(fractions.values()), list(stratify), seed],
            )
        return int(changed[0]) if changed else 0
