-- sample_groups: the groups that a sample belongs to: all samples, its labels, and every pair and
-- triple of them
-- grain: sample, group_attribute, group_name
-- units: names; attributes of a pair or triple are in alphabetical order, joined by ' x '
-- reads: sample_cells, cell_groups
-- note: labels of group_attributes make groups; where figures are counts, join cells instead, which are fewer
select
    sample_cells.sample_id,
    cell_groups.group_attribute,
    cell_groups.group_name
from sample_cells
inner join cell_groups using (cell)
