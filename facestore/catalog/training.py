"""What heads are trained on, and the curves of their training, in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from facestore.catalog.database import Database

MAX_DISTANCE = 5

# Pairs of a training sample and a sample that is held out, in any data set of the store, whose
# images are the same or nearly so. Of 64 bits in 6 bands, one band at least is equal where no more
# than 5 bits differ, so joining by bands finds every pair without comparing all.
_LEAKS = """
with training as (
    select samples.sample_id, samples.dataset, samples.split, samples.path, samples.image_id,
        images.phash
    from samples inner join images on samples.image_id = images.image_id
    where samples.dataset = $dataset and samples.split is not distinct from $split
),

held_out as (
    select samples.sample_id, samples.dataset, samples.split, samples.path, samples.image_id,
        images.phash
    from samples inner join images on samples.image_id = images.image_id
    where samples.split is not null and samples.split is distinct from $split
),

bands as (
    select unnest([0, 11, 22, 33, 43, 54]) as low, unnest([11, 11, 11, 10, 11, 10]) as width
),

hash_bands as (
    select 'training' as side, hashes.phash, bands.low,
        (hashes.phash >> bands.low::ubigint) & ((1::ubigint << bands.width::ubigint) - 1) as bits
    from (select distinct phash from training where phash is not null) as hashes
    cross join bands
    union all
    select 'held out', hashes.phash, bands.low,
        (hashes.phash >> bands.low::ubigint) & ((1::ubigint << bands.width::ubigint) - 1)
    from (select distinct phash from held_out where phash is not null) as hashes
    cross join bands
),

near_hashes as (
    select distinct one.phash as hash_a, two.phash as hash_b
    from hash_bands as one
    inner join hash_bands as two on one.low = two.low and one.bits = two.bits
    where one.side = 'training' and two.side = 'held out'
        and bit_count(xor(one.phash, two.phash)) <= $max_distance
),

pairs as (
    select training.sample_id, held_out.sample_id as held_out_id, 0 as distance
    from training inner join held_out on training.image_id = held_out.image_id
    union
    select training.sample_id, held_out.sample_id,
        bit_count(xor(training.phash, held_out.phash))::integer
    from near_hashes
    inner join training on near_hashes.hash_a = training.phash
    inner join held_out on near_hashes.hash_b = held_out.phash
)

select pairs.sample_id, training.path, held_out.dataset as held_out_dataset,
    held_out.split as held_out_split, held_out.path as held_out_path,
    min(pairs.distance)::integer as distance
from pairs
inner join training on pairs.sample_id = training.sample_id
inner join held_out on pairs.held_out_id = held_out.sample_id
group by all
order by distance, pairs.sample_id, held_out_path
"""

_SAMPLES = """
select samples.sample_id, samples.path, vector_keys.vector_key
from samples
left join vector_keys on samples.sample_id = vector_keys.sample_id
where samples.dataset = $dataset and samples.split is not distinct from $split
order by samples.sample_id
"""

_LABELS = """
select labels.sample_id, labels.attribute, labels.label, classes.class is not null as is_known
from labels
inner join samples on labels.sample_id = samples.sample_id
left join classes on labels.attribute = classes.attribute and labels.label = classes.class
where samples.dataset = $dataset and samples.split is not distinct from $split
    and labels.label is not null
order by labels.sample_id, labels.attribute
"""

STEP_SCHEMA = pl.Schema(
    {
        "unit": pl.String(),
        "step": pl.Int32(),
        "split": pl.String(),
        "metric": pl.String(),
        "value": pl.Float64(),
    }
)


class Training:
    """Samples and labels of a split, what leaks out of it, and steps of training."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def splits(self, dataset: str) -> dict[str | None, int]:
        """Return the splits of a data set, None for samples of none, and the samples of each."""
        rows = (
            self._database.reader()
            .execute(
                "select split, count(*) from samples where dataset = ? group by split order by all",
                [dataset],
            )
            .fetchall()
        )
        return dict(rows)

    def samples(self, dataset: str, split: str | None) -> pl.DataFrame:
        """Return the samples of a split.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `path`, `vector_key` (NULL: no readable image).
        """
        values = {"dataset": dataset, "split": split}
        return self._database.reader().execute(_SAMPLES, values).pl()

    def labels(self, dataset: str, split: str | None) -> pl.DataFrame:
        """Return the labels of a split.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `attribute`, `label`, `is_known` (whether it is a class of the attribute).
        """
        values = {"dataset": dataset, "split": split}
        return self._database.reader().execute(_LABELS, values).pl()

    def leaks(self, dataset: str, split: str | None) -> pl.DataFrame:
        """Return pairs of a sample of the split and the same or nearly the same image elsewhere.

        Elsewhere is every other split of any data set, but not samples without a split. Nearly the
        same are images whose perceptual hashes differ in at most `MAX_DISTANCE` of 64 bits; all
        such pairs are found.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `path`, `held_out_dataset`, `held_out_split`, `held_out_path`, `distance`;
            the same images first.
        """
        values = {"dataset": dataset, "split": split, "max_distance": MAX_DISTANCE}
        return self._database.reader().execute(_LEAKS, values).pl()

    def pending(
        self, classifiers: Sequence[str], dataset: str | None, split: str | None
    ) -> pl.DataFrame:
        """Return the samples which some classifiers have not predicted yet.

        Parameters
        ----------
        classifiers
            Names; one that is new has predicted nothing.
        dataset, split
            Only samples of these; None: of all.

        Returns
        -------
        polars.DataFrame
            `classifier`, `sample_id`, `vector_key`, in order.
        """
        return (
            self._database.reader()
            .execute(
                "select wanted.classifier, vector_keys.sample_id, vector_keys.vector_key "
                "from (select unnest($classifiers) as classifier) as wanted "
                "cross join vector_keys "
                "inner join samples on vector_keys.sample_id = samples.sample_id "
                "anti join (select classifiers.name, predictions.sample_id from predictions "
                "inner join classifiers using (classifier_id)) as known "
                "on wanted.classifier = known.name and vector_keys.sample_id = known.sample_id "
                "where ($dataset is null or samples.dataset = $dataset) "
                "and ($split is null or samples.split = $split) order by all",
                {"classifiers": list(classifiers), "dataset": dataset, "split": split},
            )
            .pl()
        )

    def add_steps(self, classifier: str, steps: pl.DataFrame) -> int:
        """Write the curves of a classifier that are not there yet; return the number of rows.

        Parameters
        ----------
        classifier
            Its name.
        steps
            Columns of `STEP_SCHEMA`.
        """
        with self._database.writing() as con:
            con.register("incoming", steps.select(list(STEP_SCHEMA)).cast(STEP_SCHEMA).to_arrow())
            inserted = con.execute(
                "insert into training_steps by name "
                "select classifiers.classifier_id, incoming.* from incoming "
                "cross join (select classifier_id from classifiers where name = ?) as classifiers "
                "on conflict do nothing",
                [classifier],
            ).fetchone()
            con.unregister("incoming")
        return int(inserted[0]) if inserted else 0

    def figures(
        self, classifiers: Sequence[str], dataset: str | None, split: str | None
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return what the views say of classifiers that were trained on a split.

        Returns
        -------
        list of tuple
            attribute, dataset, split, n_samples, accuracy, ci_low, ci_high, balanced_accuracy, and
            whether it is the split they were trained on.
        list of tuple
            attribute, dataset, split, group_attribute, group_name, n_samples, accuracy, ci_low,
            ci_high of the other splits; groups of one attribute, not of pairs.
        """
        con = self._database.reader()
        values = {"names": list(classifiers), "dataset": dataset, "split": split}
        summary = con.execute(
            "select attribute, dataset, split, n_samples, accuracy, ci_low, ci_high, "
            "balanced_accuracy, dataset = $dataset and split is not distinct from $split "
            "from classifier_summary where list_contains($names, classifier) order by all",
            values,
        ).fetchall()
        groups = con.execute(
            "select attribute, dataset, split, group_attribute, group_name, n_samples, accuracy, "
            "ci_low, ci_high from accuracy_by_group where list_contains($names, classifier) "
            "and not (dataset = $dataset and split is not distinct from $split) "
            "and not contains(group_attribute, ' x ') "
            "order by attribute, dataset, split, group_attribute <> 'overall', "
            "group_attribute, group_name",
            values,
        ).fetchall()
        return summary, groups
