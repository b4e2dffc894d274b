-- cell_groups: the groups that all samples of a cell belong to: all samples, its labels, every pair and triple of them
-- grain: cell, group_attribute, group_name
-- units: names; attributes of a pair or triple are in alphabetical order, joined by ' x '
-- reads: kept_cell_groups, current_cell_groups
select
    cell,
    dataset,
    group_attribute,
    group_name
from kept_cell_groups
union all
select
    cell,
    dataset,
    group_attribute,
    group_name
from current_cell_groups(false)
