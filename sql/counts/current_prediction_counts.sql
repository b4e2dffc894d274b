-- current_prediction_counts(of_all): predictions by cell, counted now in one pass
-- grain: classifier, cell, label, predicted
-- units: n_samples and n_ties count predictions; n_ties are those of no class because several have the highest score
-- reads: predictions_to_count, predictions, kept_sample_cells, kept_cell_counts, kept_cell_groups, current_sample_cells,
-- datasets_to_count, labels
with asked as materialized (
    select
        classifier_id,
        attribute,
        dataset
    from predictions_to_count(of_all)
),

-- of data sets of which nothing is kept
new_cells as materialized (
    select
        sample_id,
        dataset,
        split,
        is_excluded,
        cell
    from current_sample_cells(false)
),

cells as (
    select
        sample_id,
        dataset,
        cell
    from kept_sample_cells
    union all
    select
        sample_id,
        dataset,
        cell
    from new_cells
),

asked_cells as (
    select
        cells.sample_id,
        cells.cell
    from cells
    semi join asked on cells.dataset = asked.dataset
),

-- labels that no kept cell tells
other_labels as (
    select
        untold.classifier_id,
        labels.sample_id,
        labels.label
    from (
        select distinct
            asked.classifier_id,
            asked.attribute
        from asked
        where
            asked.attribute not in (select group_attribute from kept_cell_groups)
            or asked.dataset in (select dataset from datasets_to_count(false))
    ) as untold
    inner join labels on untold.attribute = labels.attribute
    where labels.label is not null
),

counts as (
    select
        predictions.classifier_id,
        asked_cells.cell,
        other_labels.label,
        predictions.predicted,
        count(*) as n_samples,
        count(*) filter (where predictions.predicted is null and predictions.margin = 0) as n_ties
    from predictions
    semi join asked on predictions.classifier_id = asked.classifier_id
    inner join asked_cells on predictions.sample_id = asked_cells.sample_id
    left join other_labels
        on
            predictions.classifier_id = other_labels.classifier_id
            and predictions.sample_id = other_labels.sample_id
    group by all
),

cell_splits as (
    select
        cell,
        dataset,
        split,
        is_excluded
    from kept_cell_counts
    union all
    select distinct
        cell,
        dataset,
        split,
        is_excluded
    from new_cells
)

select
    counts.classifier_id,
    cell_splits.dataset,
    cell_splits.split,
    cell_splits.is_excluded,
    counts.cell,
    coalesce(counts.label, kept_cell_groups.group_name) as label,
    counts.predicted,
    counts.n_samples,
    counts.n_ties
from counts
inner join cell_splits on counts.cell = cell_splits.cell
inner join asked
    on
        counts.classifier_id = asked.classifier_id
        and cell_splits.dataset = asked.dataset
left join kept_cell_groups
    on
        counts.cell = kept_cell_groups.cell
        and asked.attribute = kept_cell_groups.group_attribute
