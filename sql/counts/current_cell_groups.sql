-- current_cell_groups(of_all): the groups that all samples of a cell belong to, made now
-- grain: cell, group_attribute, group_name
-- units: names; attributes of a pair or triple are in alphabetical order, joined by ' x '
-- reads: current_sample_cells, labels, group_attributes
with examples as (
    select
        cell,
        dataset,
        min(sample_id) as sample_id
    from current_sample_cells(of_all)
    group by all
),

cell_labels as (
    select
        examples.cell,
        examples.dataset,
        labels.attribute,
        labels.label
    from examples
    inner join labels using (sample_id)
    inner join group_attributes using (attribute)
    where labels.label is not null
),

pairs as (
    select
        one.cell,
        one.dataset,
        two.attribute as last_attribute,
        one.attribute || ' x ' || two.attribute as group_attribute,
        one.label || ' x ' || two.label as group_name
    from cell_labels as one
    inner join cell_labels as two
        on
            one.cell = two.cell
            and one.attribute < two.attribute
)

select
    cell,
    dataset,
    'overall' as group_attribute,
    'overall' as group_name
from examples
union all
select
    cell,
    dataset,
    attribute as group_attribute,
    label as group_name
from cell_labels
union all
select
    cell,
    dataset,
    group_attribute,
    group_name
from pairs
union all
select
    pairs.cell,
    pairs.dataset,
    pairs.group_attribute || ' x ' || cell_labels.attribute as group_attribute,
    pairs.group_name || ' x ' || cell_labels.label as group_name
from pairs
inner join cell_labels
    on
        pairs.cell = cell_labels.cell
        and pairs.last_attribute < cell_labels.attribute
