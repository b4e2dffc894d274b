-- sample_cells: the cell of each sample: the combination of labels that it has, within its data set and split
-- grain: sample
-- units: cell is a number without a meaning; cell_counts and cell_groups say what it stands for
-- reads: kept_sample_cells, current_sample_cells
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
from current_sample_cells(false)
