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

-- and for each cell a row without a label: a single label is a triple of which two are left open
cell_labels as materialized (
    select
        examples.cell,
        examples.dataset,
        labels.attribute,
        labels.label
    from examples
    inner join labels using (sample_id)
    inner join group_attributes using (attribute)
    where labels.label is not null
    union all
    select
        cell,
        dataset,
        null as attribute,
        null as label
    from examples
)

select
    one.cell,
    one.dataset,
    if(
        three.attribute is null,
        'overall',
        concat_ws(' x ', one.attribute, two.attribute, three.attribute)
    ) as group_attribute,
    if(
        three.attribute is null,
        'overall',
        concat_ws(' x ', one.label, two.label, three.label)
    ) as group_name
from cell_labels as one
inner join cell_labels as two
    on
        one.cell = two.cell
        and coalesce(one.attribute < two.attribute, one.attribute is null)
inner join cell_labels as three
    on
        two.cell = three.cell
        and coalesce(two.attribute < three.attribute, two.attribute is null)
