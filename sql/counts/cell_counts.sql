-- cell_counts: the cells that occur: samples of a data set and split with the same labels
-- grain: cell
-- units: n_samples counts samples; is_excluded: whether they are left out as duplicates
-- reads: kept_cell_counts, current_cell_counts
-- note: labels of group_attributes; cell_groups has them, and their pairs and triples
select
    cell,
    dataset,
    split,
    is_excluded,
    n_samples
from kept_cell_counts
union all
select
    cell,
    dataset,
    split,
    is_excluded,
    n_samples
from current_cell_counts(false)
