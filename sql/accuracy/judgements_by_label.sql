-- judgements_by_label: which classifier is right on which sample, for attributes that no cell tells
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: predictions, numbered_splits, classifiers, label_taxonomies, group_attributes, judged_as, labels, samples
-- note: attributes that group_attributes leaves out; each prediction is joined with the label of its sample
with others as (
    select
        classifier_id,
        attribute
    from classifiers
    where attribute not in (select attribute from group_attributes)
),

-- by themselves first: where there are none, nothing is joined with them
other_labels as materialized (
    select labels.*
    from labels
    semi join others on labels.attribute = others.attribute
    where labels.label is not null
),

other_predictions as (
    select
        predictions.classifier_id,
        predictions.sample_id,
        predictions.predicted,
        predictions.score,
        predictions.margin
    from predictions
    semi join others on predictions.classifier_id = others.classifier_id
    where predictions.predicted is not null
),

others_judged as (
    select
        other_predictions.classifier_id,
        other_predictions.sample_id,
        numbered_splits.dataset,
        numbered_splits.split,
        numbered_splits.split_number,
        other_labels.attribute,
        other_labels.label,
        judged_as(
            label_taxonomies.taxonomy, other_labels.attribute, other_predictions.predicted
        ) as predicted,
        other_predictions.score,
        other_predictions.margin
    from other_labels
    inner join others using (attribute)
    inner join other_predictions using (classifier_id, sample_id)
    inner join samples using (sample_id)
    inner join numbered_splits
        on
            samples.dataset = numbered_splits.dataset
            and samples.split is not distinct from numbered_splits.split
    inner join label_taxonomies
        on
            samples.dataset = label_taxonomies.dataset
            and other_labels.attribute = label_taxonomies.attribute
)

select
    classifier_id,
    sample_id,
    dataset,
    split,
    split_number,
    attribute,
    label,
    predicted,
    predicted = label as is_correct,
    score,
    margin
from others_judged
