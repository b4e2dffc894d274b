-- diff_leakage: Leakage by split before and after
-- text: How many samples of a split show a picture which another split of its data set has, too, the same or nearly so.
-- Shares are fractions of the samples of the split; they are counted, not estimated.
-- empty: Neither store has a sample in a split.
-- head: dataset
select
    coalesce(after.dataset, before.dataset) as dataset,
    coalesce(after.split, before.split) as split,
    before.n_samples as n_samples_before,
    before.n_leaking as n_leaking_before,
    before.leaking_share as share_before,
    after.n_samples as n_samples_after,
    after.n_leaking as n_leaking_after,
    after.leaking_share as share_after
from leakage_by_split as after
full join other.leakage_by_split as before using (dataset, split)
order by dataset, split
