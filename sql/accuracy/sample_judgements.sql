-- sample_judgements: judged_predictions in numbers: which classifier is right on which sample, found by cell
-- grain: classifier, sample
-- units: score and margin as the classifier gives them; label and predicted in the taxonomy of the labels
-- reads: predictions, prediction_counts, classifiers, label_taxonomies, sample_cells, group_attributes, judged_as,
-- sample_labels
-- note: the same samples and classes as judged_predictions, which has names and paths beside them. What a prediction is
-- judged as hangs on the cell of its sample alone: it is decided once a cell, not once a sample
with by_cell as (
    select
        prediction_counts.classifier_id,
        prediction_counts.cell,
        prediction_counts.dataset,
        prediction_counts.split,
        classifiers.attribute,
        prediction_counts.label,
        prediction_counts.predicted as said,
        judged_as(
            label_taxonomies.taxonomy, classifiers.attribute, prediction_counts.predicted
        ) as predicted
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
    select
        classifier_id,
        attribute
    from classifiers
    where attribute not in (select attribute from group_attributes)
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

judged as (
    select
        by_cell.classifier_id,
        predictions.sample_id,
        by_cell.dataset,
        by_cell.split,
        by_cell.attribute,
        by_cell.label,
        by_cell.predicted,
        predictions.score,
        predictions.margin
    from predictions
    -- left, as inner joins may change places, and without the cell by_cell has many rows for a prediction
    left join sample_cells on predictions.sample_id = sample_cells.sample_id
    inner join by_cell
        on
            predictions.classifier_id = by_cell.classifier_id
            and sample_cells.cell = by_cell.cell
            and predictions.predicted = by_cell.said
    union all
    select
        other_predictions.classifier_id,
        other_predictions.sample_id,
        sample_labels.dataset,
        sample_labels.split,
        others.attribute,
        sample_labels.label,
        judged_as(
            sample_labels.taxonomy, others.attribute, other_predictions.predicted
        ) as predicted,
        other_predictions.score,
        other_predictions.margin
    from other_predictions
    inner join others using (classifier_id)
    inner join sample_labels using (sample_id, attribute)
)

select
    classifier_id,
    sample_id,
    dataset,
    split,
    attribute,
    label,
    predicted,
    predicted = label as is_correct,
    score,
    margin
from judged
