-- judged_counts: judged_predictions counted by cell: what figures of groups are made of
-- grain: classifier, cell, label, predicted
-- units: n_samples counts judged predictions
-- reads: prediction_counts, classifiers, label_taxonomies, judged_as
-- note: label and predicted in the taxonomy of the labels; a predicted class of another one is judged as the class
-- that it is there, and one which has none keeps its name and is wrong
with judged as materialized (
    -- as other views have a step that they count again: DuckDB plans what lies below an aggregate twice, so that a tower
    -- of them would take 2 to the power of its height
    select
        prediction_counts.classifier_id,
        classifiers.name as classifier,
        classifiers.attribute,
        label_taxonomies.taxonomy,
        prediction_counts.dataset,
        prediction_counts.split,
        prediction_counts.is_excluded,
        prediction_counts.cell,
        prediction_counts.label,
        judged_as(
            label_taxonomies.taxonomy, classifiers.attribute, prediction_counts.predicted
        ) as predicted,
        prediction_counts.n_samples
    from prediction_counts
    inner join classifiers using (classifier_id)
    inner join label_taxonomies using (dataset, attribute)
    where
        prediction_counts.label is not null
        and prediction_counts.predicted is not null
)

select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    is_excluded,
    cell,
    label,
    predicted,
    predicted = label as is_correct,
    sum(n_samples)::bigint as n_samples
from judged
group by all
