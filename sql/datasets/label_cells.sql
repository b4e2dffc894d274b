-- label_cells: how many samples there are in each cell of the attributes that make groups together
-- grain: dataset, split, cell_attributes, cell
-- units: fraction in [0, 1] of the samples of the data set and split which have any label of group_attributes
-- reads: cell_counts, cell_groups, group_attributes
-- note: attributes of a cell are in alphabetical order, joined by ' x '; samples which lack a label
-- are in a cell of the attributes that they have
with named as (
    select
        cell_groups.cell,
        string_agg(cell_groups.group_attribute, ' x ' order by cell_groups.group_attribute)
            as cell_attributes,
        string_agg(cell_groups.group_name, ' x ' order by cell_groups.group_attribute) as cell_name
    from cell_groups
    inner join group_attributes on cell_groups.group_attribute = group_attributes.attribute
    group by cell_groups.cell
),

counts as (
    select
        cell_counts.dataset,
        cell_counts.split,
        named.cell_attributes,
        named.cell_name as cell,
        sum(cell_counts.n_samples)::bigint as n_samples
    from cell_counts
    inner join named using (cell)
    group by all
)

select
    dataset,
    split,
    cell_attributes,
    cell,
    n_samples,
    n_samples / sum(n_samples) over (partition by dataset, split) as fraction
from counts
