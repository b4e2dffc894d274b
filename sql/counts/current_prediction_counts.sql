-- current_prediction_counts(of_all): predictions by cell, counted now in one pass
-- grain: classifier, cell, label, predicted
-- units: n_samples and n_ties count predictions; n_ties are those of no class because several have the highest score
-- reads: predictions_to_count, predictions, sample_cells, cell_counts, cell_groups, labels, group_attributes
with asked as (
    select distinct
        classifier_id,
        attribute
    from predictions_to_count(of_all)
),

asked_cells as (
    select
        sample_cells.sample_id,
        sample_cells.cell
    from sample_cells
    semi join predictions_to_count(of_all) as asked on sample_cells.dataset = asked.dataset
),

-- labels that a cell does not tell
other_labels as (
    select
        asked.classifier_id,
        labels.sample_id,
        labels.label
    from asked
    anti join group_attributes on asked.attribute = group_attributes.attribute
    inner join labels on asked.attribute = labels.attribute
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
)

select
    counts.classifier_id,
    cell_counts.dataset,
    cell_counts.split,
    cell_counts.is_excluded,
    counts.cell,
    coalesce(counts.label, cell_groups.group_name) as label,
    counts.predicted,
    counts.n_samples,
    counts.n_ties
from counts
inner join cell_counts on counts.cell = cell_counts.cell
inner join predictions_to_count(of_all) as asked
    on
        counts.classifier_id = asked.classifier_id
        and cell_counts.dataset = asked.dataset
left join cell_groups
    on
        counts.cell = cell_groups.cell
        and asked.attribute = cell_groups.group_attribute
