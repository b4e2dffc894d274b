-- numbered_splits: the pairs of data set and split with predictions, numbered: quicker to group by than the names
-- grain: dataset, split
-- units: split_number from 1, in the order of the names; it changes when another pair comes
-- reads: prediction_counts
-- note: split is NULL for samples of none, which have a number too
with pairs as (
    select distinct
        dataset,
        split
    from prediction_counts
)

select
    dataset,
    split,
    row_number() over (order by dataset asc, split asc) as split_number
from pairs
