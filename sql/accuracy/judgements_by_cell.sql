-- judgements_by_cell: which classifier is right on which sample, for attributes that a cell tells
-- grain: classifier, sample
-- units: as those of sample_judgements
-- reads: predictions, prediction_counts, classifiers, label_taxonomies, kept_sample_cells, current_sample_cells,
-- group_attributes, judged_as
-- note: what a prediction is judged as hangs on the cell of its sample alone: it is decided once a cell, not once a
-- sample. The larger part of sample_judgements, which millions of rows are read from by themselves
with numbered as (
    select
        classifier_id,
        cell,
        dataset,
        split,
        label,
        predicted,
        -- as numbered_splits has them
        dense_rank() over (order by dataset asc, split asc) as split_number,
        dense_rank() over (order by cell) as cell_number
    from prediction_counts
),

by_cell as materialized (
    select
        numbered.cell,
        numbered.cell_number,
        numbered.classifier_id * 4294967296 + numbered.cell_number as cell_of_classifier,
        numbered.dataset,
        numbered.split,
        numbered.split_number,
        classifiers.attribute,
        numbered.label,
        numbered.predicted as said,
        judged_as(
            label_taxonomies.taxonomy, classifiers.attribute, numbered.predicted
        ) as predicted
    from numbered
    inner join classifiers using (classifier_id)
    inner join label_taxonomies using (dataset, attribute)
    where
        numbered.label is not null
        and numbered.predicted is not null
        and classifiers.attribute in (select attribute from group_attributes)
),

cells_judged as (
    select
        *,
        predicted = label as is_correct
    from by_cell
),

cells as (
    select distinct
        cell,
        cell_number
    from by_cell
),

-- those of sample_cells one after the other: the numbers of a table are looked up in an array, those of both in a hash
-- table, which takes four times as long. And the cells come first: a prediction without one meets many rows
predictions_in_cells as (
    select
        predictions.*,
        cells.cell_number
    from predictions
    inner join kept_sample_cells on predictions.sample_id = kept_sample_cells.sample_id
    inner join cells on kept_sample_cells.cell = cells.cell
    union all
    select
        predictions.*,
        cells.cell_number
    from predictions
    inner join current_sample_cells(false) as new_cells on predictions.sample_id = new_cells.sample_id
    inner join cells on new_cells.cell = cells.cell
)

select
    predictions_in_cells.classifier_id,
    predictions_in_cells.sample_id,
    cells_judged.dataset,
    cells_judged.split,
    cells_judged.split_number,
    cells_judged.attribute,
    cells_judged.label,
    cells_judged.predicted,
    cells_judged.is_correct,
    predictions_in_cells.score,
    predictions_in_cells.margin
from predictions_in_cells
inner join cells_judged
    on
        predictions_in_cells.classifier_id * 4294967296 + predictions_in_cells.cell_number
        = cells_judged.cell_of_classifier
        and predictions_in_cells.predicted = cells_judged.said
