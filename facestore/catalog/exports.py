"""What `facestore export` hands over, read from views."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from facestore.catalog.database import TableFamily

_SAMPLES = """
select samples.sample_id, samples.dataset, samples.path, samples.image_id, samples.split,
    samples.tags, samples.person_id, vector_keys.vector_key,
    images.width, images.height, images.n_bytes
from samples
left join vector_keys on samples.sample_id = vector_keys.sample_id
left join images on samples.image_id = images.image_id
where ($dataset is null or samples.dataset = $dataset)
    and ($split is null or samples.split = $split)
order by samples.dataset, samples.path
"""
_LABELS = """
select sample_id, attribute, label, value
from labels
inner join samples using (sample_id)
where ($dataset is null or dataset = $dataset) and ($split is null or split = $split)
order by attribute, sample_id
"""
_PREDICTIONS = """
select sample_id, classifiers.name as classifier, predicted, score, predictions.value
from predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
where ($dataset is null or dataset = $dataset) and ($split is null or split = $split)
    and ($classifiers is null or list_contains($classifiers, classifiers.name))
order by classifier, sample_id
"""
_LABELS_OF = """
select sample_id, attribute, label, value
from labels
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
order by attribute, sample_id
"""
_ANNOTATIONS_OF = """
select sample_id, attribute,
    list({'label': label, 'annotator': annotator, 'n': n} order by annotator, label) as said
from annotations
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
group by sample_id, attribute
order by attribute, sample_id
"""
_PREDICTIONS_OF = """
select sample_id, classifiers.name as classifier, predicted, score, predictions.value
from predictions
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
inner join classifiers using (classifier_id)
where $classifiers is null or list_contains($classifiers, classifiers.name)
order by classifier, sample_id
"""
_SAMPLES_OF = """
select samples.sample_id, samples.dataset, samples.path, samples.image_id, samples.split,
    vector_keys.vector_key
from samples
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
left join vector_keys on samples.sample_id = vector_keys.sample_id
"""
# A number without a class, and a class without a label, are judged by no view.
_JUDGEMENTS_OF = """
select predictions.sample_id, classifiers.name as classifier,
    coalesce(
        judged_predictions.predicted, predictions.predicted, predictions.value::varchar
    ) as predicted,
    case
        when judged_predictions.is_correct then 'right'
        when not judged_predictions.is_correct then 'wrong'
        when coalesce(predictions.predicted, predictions.value::varchar) is null
            then 'no prediction'
        else 'no label'
    end as judged,
    predictions.margin
from predictions
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
inner join classifiers using (classifier_id)
left join judged_predictions
    on predictions.classifier_id = judged_predictions.classifier_id
    and predictions.sample_id = judged_predictions.sample_id
where $classifiers is null or list_contains($classifiers, classifiers.name)
order by classifier, predictions.sample_id
"""
# A group of copies has the SHA-256 of its first image as its id: the beginning tells groups apart.
_DUPLICATES_OF = """
select samples.sample_id, left(duplicate_groups.group_id, 12) as duplicate_group
from samples
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
inner join duplicate_groups using (image_id)
"""
_SUSPECTS_OF = """
select sample_id,
    string_agg(attribute || ': ' || agreed_class, ', ' order by attribute) as suspect
from suspect_labels
semi join (select unnest($sample_ids) as sample_id) as asked using (sample_id)
group by sample_id
"""
_JUDGED = """
select sample_id, classifier, attribute, dataset, split, path, label, predicted
from judged_predictions
where ($dataset is null or dataset = $dataset) and ($split is null or split = $split)
    and ($classifiers is null or list_contains($classifiers, classifier))
order by classifier, dataset, path
"""
_RESULTS = """
select classifier_summary.classifier, classifier_summary.attribute, classifier_summary.dataset,
    classifier_summary.split, classifiers.kind, encoders.architecture, encoders.pretrained,
    classifier_summary.n_samples, classifier_summary.n_classes, classifier_summary.ci_low,
    classifier_summary.ci_high, classifier_summary.chance_adjusted_accuracy,
    classifier_summary.accuracy as acc1,
    if(classifier_summary.n_classes < 5, null, top_five.accuracy) as acc5,
    classifier_summary.balanced_accuracy as mean_per_class_recall,
    classifier_summary.n_classes >= 5 and exists (
        from cosines_not_kept as streamed
        where streamed.encoder_id = classifiers.encoder_id
            and streamed.prompt_set = classifiers.prompt_set
            and streamed.attribute = classifier_summary.attribute
            and streamed.dataset = classifier_summary.dataset
            and streamed.split is not distinct from classifier_summary.split
    ) as is_streamed
from classifier_summary
inner join classifiers on classifier_summary.classifier = classifiers.name
left join encoders on classifiers.encoder_id = encoders.encoder_id
left join top_n_accuracy(5) as top_five
    on classifiers.encoder_id = top_five.encoder_id
    and classifiers.prompt_set = top_five.prompt_set
    and classifiers.aggregation = top_five.aggregation
    and classifier_summary.attribute = top_five.attribute
    and classifier_summary.dataset = top_five.dataset
    and classifier_summary.split is not distinct from top_five.split
    and top_five.group_attribute = 'overall'
where ($dataset is null or classifier_summary.dataset = $dataset)
    and ($split is null or classifier_summary.split = $split)
    and ($classifiers is null or list_contains($classifiers, classifier_summary.classifier))
order by all
"""

_YES_NO = """
select classifier, attribute, dataset, split, 'zero_shot' as kind,
    encoders.architecture, encoders.pretrained, n_samples, n_attributes as n_classes,
    mean_accuracy, mean_balanced_accuracy, mean_chance_adjusted_accuracy,
    mean_average_precision, mean_auc, coalesce(undefined, []) as undefined
from yes_no_summary
inner join encoders using (encoder_id)
where ($dataset is null or dataset = $dataset)
    and ($split is null or split is not distinct from $split)
    and ($classifiers is null or list_contains($classifiers, classifier) or classifier in (
        select task from yes_no_classifiers as parts
        where list_contains($classifiers, parts.classifier)
    ))
order by all
"""


class Exports(TableFamily):
    """Rows for other tools, of a data set, a split, and classifiers; None: all."""

    def samples(self, dataset: str | None, split: str | None) -> pl.DataFrame:
        """Return samples, with the keys of their vectors and the sizes of their images."""
        return self._read(_SAMPLES, dataset=dataset, split=split)

    def labels(self, dataset: str | None, split: str | None) -> pl.DataFrame:
        """Return labels: sample_id, attribute, label, value."""
        return self._read(_LABELS, dataset=dataset, split=split)

    def predictions(
        self, dataset: str | None, split: str | None, classifiers: Sequence[str]
    ) -> pl.DataFrame:
        """Return predictions: sample_id, classifier, predicted, score, value."""
        return self._read(_PREDICTIONS, dataset=dataset, split=split, classifiers=classifiers)

    def labels_of(self, sample_ids: Sequence[int]) -> pl.DataFrame:
        """Return labels of some samples: sample_id, attribute, label, value."""
        return self._read(_LABELS_OF, sample_ids=sample_ids)

    def annotations_of(self, sample_ids: Sequence[int]) -> pl.DataFrame:
        """Return what annotators say of some samples: sample_id, attribute, said.

        `said` is a list of {label, annotator, n}; `annotator` is None where only counts are known.
        """
        return self._read(_ANNOTATIONS_OF, sample_ids=sample_ids)

    def predictions_of(self, sample_ids: Sequence[int], classifiers: Sequence[str]) -> pl.DataFrame:
        """Return predictions of some samples: sample_id, classifier, predicted, score, value."""
        return self._read(_PREDICTIONS_OF, sample_ids=sample_ids, classifiers=classifiers)

    def samples_of(self, sample_ids: Sequence[int]) -> pl.DataFrame:
        """Return some samples, with the keys of their vectors, in no order that means anything."""
        return self._read(_SAMPLES_OF, sample_ids=sample_ids)

    def judgements_of(self, sample_ids: Sequence[int], classifiers: Sequence[str]) -> pl.DataFrame:
        """Return what classifiers say of some samples, and whether it is right.

        Returns
        -------
        pl.DataFrame
            sample_id, classifier, predicted (in the taxonomy of the label where there is one),
            judged (`right`, `wrong`, `no label` or `no prediction`), margin.
        """
        return self._read(_JUDGEMENTS_OF, sample_ids=sample_ids, classifiers=classifiers)

    def duplicates_of(self, sample_ids: Sequence[int]) -> pl.DataFrame:
        """Return the groups of copies of some samples: sample_id, duplicate_group."""
        return self._read(_DUPLICATES_OF, sample_ids=sample_ids)

    def suspects_of(self, sample_ids: Sequence[int]) -> pl.DataFrame:
        """Return which labels of some samples are suspect: sample_id, `gender: Female`."""
        return self._read(_SUSPECTS_OF, sample_ids=sample_ids)

    def judged(
        self, dataset: str | None, split: str | None, classifiers: Sequence[str]
    ) -> pl.DataFrame:
        """Return predictions beside their labels."""
        return self._read(_JUDGED, dataset=dataset, split=split, classifiers=classifiers)

    def results(
        self, dataset: str | None, split: str | None, classifiers: Sequence[str]
    ) -> pl.DataFrame:
        """Return the figures of classifiers that CLIP_benchmark has."""
        return self._read(_RESULTS, dataset=dataset, split=split, classifiers=classifiers)

    def yes_no_results(
        self, dataset: str | None, split: str | None, classifiers: Sequence[str]
    ) -> pl.DataFrame:
        """Return the figures of prompts for several yes/no attributes, those of a set in a row.

        A classifier asks for the row that its attribute is one of.
        """
        return self._read(_YES_NO, dataset=dataset, split=split, classifiers=classifiers)

    def benchmarked(
        self, classifiers: Sequence[str]
    ) -> tuple[list[tuple[Any, ...]], list[tuple[str, int, list[str]]]]:
        """Return what `facestore.benchmark.FIGURES` names, the best of each data set first.

        Returns
        -------
        list of tuple
            A row a result; yes/no attributes of one prompt set are one.
        list of tuple
            Data set, number of yes/no attributes, and those without average precision.
        """
        parts = {name for (name,) in self._rows("select classifier from yes_no_classifiers")}
        alone = [name for name in classifiers if name not in parts]
        together = [name for name in classifiers if name in parts]
        found = [self.results(None, None, alone)] if alone else []
        undefined: list[tuple[str, int, list[str]]] = []
        if together:
            means = self.yes_no_results(None, None, together)
            undefined = (
                means.filter(pl.col("undefined").list.len() > 0)
                .select("dataset", "n_classes", "undefined")
                .unique(maintain_order=True)
                .rows()
            )
            found.append(
                means.rename(
                    {
                        "mean_accuracy": "acc1",
                        "mean_balanced_accuracy": "mean_per_class_recall",
                        "mean_chance_adjusted_accuracy": "chance_adjusted_accuracy",
                    }
                )
            )
        rows = pl.concat(found, how="diagonal_relaxed")
        wanted = {"ci_low", "ci_high", "acc5", "mean_average_precision", "mean_auc"}
        rows = rows.with_columns(
            pl.lit(None, pl.Float64).alias(name) for name in wanted - set(rows.columns)
        )
        model = pl.concat_str("architecture", "pretrained", separator=" ", ignore_nulls=True)
        best = -pl.coalesce("mean_average_precision", "acc1")
        rows = rows.sort("dataset", "split", "attribute", best, maintain_order=True)
        return rows.select(
            "dataset", "split", "attribute", model, "n_samples", "n_classes", "acc1", "ci_low",
            "ci_high", "acc5", "mean_per_class_recall", "chance_adjusted_accuracy",
            "mean_average_precision", "mean_auc",
        ).rows(), undefined  # fmt: skip

    def _read(self, query: str, **values: Any) -> pl.DataFrame:
        if "classifiers" in values:
            values["classifiers"] = list(values["classifiers"]) or None
        return self._frame(query, values)
