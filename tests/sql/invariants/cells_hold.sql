-- cells_hold: every sample has a cell, which has its data set, split and labels, and no two cells have the same
-- audits: sample_cells, cell_counts, cell_groups, group_attributes
-- reads: sample_cells, cell_counts, cell_groups, group_attributes, samples, labels, excluded_samples
-- todo: the view is wrong
with expected as (
    select
        samples.sample_id,
        samples.dataset,
        samples.split,
        samples.sample_id in (select sample_id from excluded_samples) as is_excluded,
        list((labels.attribute, labels.label) order by labels.attribute) filter (
            where labels.label is not null
        ) as held
    from samples
    left join labels
        on
            samples.sample_id = labels.sample_id
            and labels.attribute in (select attribute from group_attributes)
    group by all
),

said as (
    select
        cell,
        list((group_attribute, group_name) order by group_attribute) filter (
            where group_attribute <> 'overall' and not contains(group_attribute, ' x ')
        ) as held,
        count(*) filter (where group_attribute = 'overall') as n_overall
    from cell_groups
    group by cell
),

sizes as (
    select
        cell,
        count(*) as n_samples
    from sample_cells
    group by cell
)

select
    expected.sample_id,
    sample_cells.cell,
    cell_counts.n_samples
from expected
left join sample_cells on expected.sample_id = sample_cells.sample_id
left join cell_counts on sample_cells.cell = cell_counts.cell
left join said on sample_cells.cell = said.cell
left join sizes on sample_cells.cell = sizes.cell
where
    expected.dataset is distinct from sample_cells.dataset
    or expected.dataset is distinct from cell_counts.dataset
    or expected.split is distinct from cell_counts.split
    or expected.is_excluded is distinct from cell_counts.is_excluded
    or expected.held is distinct from said.held
    or sizes.n_samples is distinct from cell_counts.n_samples
    or said.n_overall is distinct from 1
    or (select count(*) from group_attributes) > 8
    or not exists (select attribute from group_attributes)
