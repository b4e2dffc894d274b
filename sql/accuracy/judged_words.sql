-- judged_words: on which samples a classifier was judged and on which it is right, 64 samples a number
-- grain: classifier, dataset, split, word
-- units: bit i of word w stands for the sample 64 w + i; judged has those that were judged, is_right those of them
-- which are right
-- reads: predictions, prediction_counts, classifiers, label_taxonomies, sample_cells, group_attributes, judged_as,
-- sample_labels
-- note: what two classifiers agree on is bit_count(one & other): pairs of classifiers cost no join of their samples
with rightness as (
    select
        prediction_counts.classifier_id,
        prediction_counts.cell,
        prediction_counts.dataset,
        prediction_counts.split,
        prediction_counts.predicted,
        judged_as(
            label_taxonomies.taxonomy, classifiers.attribute, prediction_counts.predicted
        ) = prediction_counts.label as is_correct
    from prediction_counts
    inner join classifiers using (classifier_id)
    inner join label_taxonomies using (dataset, attribute)
    where
        prediction_counts.label is not null
        and prediction_counts.predicted is not null
        and classifiers.attribute in (select attribute from group_attributes)
),

-- attributes that a cell does not tell
others as (
    select classifier_id
    from classifiers
    where attribute not in (select attribute from group_attributes)
),

other_predictions as (
    select
        predictions.classifier_id,
        predictions.sample_id,
        predictions.predicted,
        classifiers.attribute
    from predictions
    semi join others on predictions.classifier_id = others.classifier_id
    inner join classifiers on predictions.classifier_id = classifiers.classifier_id
    where predictions.predicted is not null
),

judged as (
    select
        rightness.classifier_id,
        rightness.dataset,
        rightness.split,
        predictions.sample_id,
        rightness.is_correct
    from predictions
    inner join sample_cells using (sample_id)
    inner join rightness using (classifier_id, cell, predicted)
    union all
    select
        other_predictions.classifier_id,
        sample_labels.dataset,
        sample_labels.split,
        other_predictions.sample_id,
        judged_as(
            sample_labels.taxonomy, other_predictions.attribute, other_predictions.predicted
        ) = sample_labels.label as is_correct
    from other_predictions
    inner join sample_labels using (sample_id, attribute)
)

select
    classifier_id,
    dataset,
    split,
    sample_id >> 6 as word,
    bit_or(1::ubigint << (sample_id & 63)::ubigint) as judged,
    coalesce(
        bit_or(1::ubigint << (sample_id & 63)::ubigint) filter (where is_correct), 0::ubigint
    ) as is_right
from judged
group by all
