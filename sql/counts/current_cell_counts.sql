-- current_cell_counts(of_all): the cells that occur, counted now
-- grain: cell
-- units: n_samples counts samples
-- reads: current_sample_cells
select
    cell,
    dataset,
    split,
    is_excluded,
    count(*) as n_samples
from current_sample_cells(of_all)
group by all
