-- judgements_by_cell: which classifier is right on which sample, for attributes that a cell tells
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: predictions, prediction_counts, numbered_splits, classifiers, label_taxonomies, sample_cells,
-- group_attributes, judged_as
-- note: what a prediction is judged as hangs on the cell of its sample alone: it is decided once a cell, not once a
-- sample. The larger part of sample_judgements, which millions of rows are read from by themselves
with by_cell as (
    select
        prediction_counts.classifier_id,
        prediction_counts.cell,
        prediction_counts.dataset,
        prediction_counts.split,
        numbered_splits.split_number,
        classifiers.attribute,
        prediction_counts.label,
        prediction_counts.predicted as said,
        judged_as(
            label_taxonomies.taxonomy, classifiers.attribute, prediction_counts.predicted
        ) as predicted
    from prediction_counts
    inner join classifiers using (classifier_id)
    inner join label_taxonomies using (dataset, attribute)
    inner join numbered_splits
        on
            prediction_counts.dataset = numbered_splits.dataset
            and prediction_counts.split is not distinct from numbered_splits.split
    where
        prediction_counts.label is not null
        and prediction_counts.predicted is not null
        and classifiers.attribute in (select attribute from group_attributes)
),

cells_judged as (
    select
        *,
        predicted = label as is_correct
    from by_cell
)

select
    predictions.classifier_id,
    predictions.sample_id,
    cells_judged.dataset,
    cells_judged.split,
    cells_judged.split_number,
    cells_judged.attribute,
    cells_judged.label,
    cells_judged.predicted,
    cells_judged.is_correct,
    predictions.score,
    predictions.margin
from predictions
-- left, as inner joins may change numbered_splits, and without the cell a prediction meets many rows
left join sample_cells on predictions.sample_id = sample_cells.sample_id
inner join cells_judged
    on
        predictions.classifier_id = cells_judged.classifier_id
        and sample_cells.cell = cells_judged.cell
        and predictions.predicted = cells_judged.said
