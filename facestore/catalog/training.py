"""What heads are trained on, and the curves of their training, in DuckDB."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from facestore.catalog.database import TableFamily

# Pairs of a training sample and a sample that is held out, in any data set of the store, whose
# images are the same or nearly so.
_LEAKS = """
with pairs as (
    select sample_id_a as sample_id, sample_id_b as held_out_id, distance from duplicate_pairs
    union all
    select sample_id_b, sample_id_a, distance from duplicate_pairs
)

select pairs.sample_id, training.path, held_out.dataset as held_out_dataset,
    held_out.split as held_out_split, held_out.path as held_out_path, pairs.distance
from pairs
inner join samples as training on pairs.sample_id = training.sample_id
inner join samples as held_out on pairs.held_out_id = held_out.sample_id
where training.dataset = $dataset and training.split is not distinct from $split
    and held_out.split is not null and held_out.split is distinct from $split
order by pairs.distance, pairs.sample_id, held_out.path
"""

_SAMPLES = """
select samples.sample_id, samples.path, vector_keys.vector_key
from samples
left join vector_keys on samples.sample_id = vector_keys.sample_id
where samples.dataset = $dataset and samples.split is not distinct from $split
order by samples.sample_id
"""

_COPIES = """
select distinct vector_keys.vector_key, duplicate_groups.group_id
from duplicate_groups
inner join samples using (image_id)
inner join vector_keys using (sample_id)
where samples.dataset = $dataset and samples.split is not distinct from $split
"""

_LABELS = """
select labels.sample_id, labels.attribute, labels.label, labels.value,
    classes.class is not null as is_known
from labels
inner join samples on labels.sample_id = samples.sample_id
left join classes on labels.attribute = classes.attribute and labels.label = classes.class
where samples.dataset = $dataset and samples.split is not distinct from $split
    and (labels.label is not null or labels.value is not null)
order by labels.sample_id, labels.attribute
"""

_SUMMARY = """
select attribute, dataset, split, n_samples, accuracy, ci_low, ci_high, balanced_accuracy,
    dataset = $dataset and split is not distinct from $split
from classifier_summary where list_contains($names, classifier) order by all
"""

_GROUPS = """
select attribute, dataset, split, group_attribute, group_name, n_samples, accuracy, ci_low, ci_high
from accuracy_by_group
where list_contains($names, classifier) and not contains(group_attribute, ' x ')
    and not (dataset = $dataset and split is not distinct from $split)
order by attribute, dataset, split, group_attribute <> 'overall', group_attribute, group_name
"""

_YEARS = """
select dataset, split, group_attribute, group_name, n_samples, mae, bias, within_8_years, ci_low,
    ci_high
from age_errors
where list_contains($names, classifier) and not contains(group_attribute, ' x ')
    and not (dataset = $dataset and split is not distinct from $split)
order by dataset, split, group_attribute <> 'overall', group_attribute, group_name
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


class Training(TableFamily):
    """Samples and labels of a split, what leaks out of it, and steps of training."""

    def splits(self, dataset: str) -> dict[str | None, int]:
        """Return the splits of a data set, None for samples of none, and the samples of each."""
        rows = self._rows(
            "select split, count(*) from samples where dataset = ? group by split order by all",
            [dataset],
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
        return self._frame(_SAMPLES, values)

    def labels(self, dataset: str, split: str | None) -> pl.DataFrame:
        """Return the labels of a split.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `attribute`, `label`, `value` (a number, NULL where none is known),
            `is_known` (whether the label is a class of the attribute).
        """
        values = {"dataset": dataset, "split": split}
        return self._frame(_LABELS, values)

    def copies(self, dataset: str, split: str | None) -> dict[str, str]:
        """Return the group of each image of a split that has copies, exact or near, in the store.

        Near is what the view duplicate_groups says, by the setting duplicate_distance.

        Returns
        -------
        dict of str
            `vector_key` -> name of the group.
        """
        return dict(self._rows(_COPIES, {"dataset": dataset, "split": split}))

    def leaks(self, dataset: str, split: str | None) -> pl.DataFrame:
        """Return pairs of a sample of the split and the same or nearly the same image elsewhere.

        Elsewhere is every other split of any data set, but not samples without a split. Nearly the
        same is what the view duplicate_pairs says, by the setting duplicate_distance.

        Returns
        -------
        polars.DataFrame
            `sample_id`, `path`, `held_out_dataset`, `held_out_split`, `held_out_path`, `distance`;
            the same images first.
        """
        values = {"dataset": dataset, "split": split}
        return self._frame(_LEAKS, values)

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
        return self._frame(
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
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return what the views say of classifiers that were trained on a split.

        Returns
        -------
        list of tuple
            attribute, dataset, split, n_samples, accuracy, ci_low, ci_high, balanced_accuracy, and
            whether it is the split they were trained on.
        list of tuple
            attribute, dataset, split, group_attribute, group_name, n_samples, accuracy, ci_low,
            ci_high of the other splits; groups of one attribute, not of pairs.
        list of tuple
            dataset, split, group_attribute, group_name, n_samples, mae, bias, within_8_years,
            ci_low, ci_high of the same splits and groups, where ages in years are predicted.
        """
        con = self._database.reader()
        values = {"names": list(classifiers), "dataset": dataset, "split": split}
        summary, groups, years = (
            con.execute(query, values).fetchall() for query in (_SUMMARY, _GROUPS, _YEARS)
        )
        return summary, groups, years
