-- split_balance: how many samples of each group each split of a data set has, and how many it would have if all splits were alike
-- grain: dataset, group_attribute, group_name, split
-- units: n_expected is the number in all splits times the share of the split; is_too_small: the group has
-- fewer samples than there are splits, so that some split has none
-- reads: cell_counts, cell_groups
-- note: only data sets with two or more splits, and samples which have one
with members as (
    select
        cell_counts.dataset,
        cell_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(cell_counts.n_samples)::bigint as n_samples
    from cell_counts
    inner join cell_groups using (cell)
    where cell_counts.split is not null and cell_groups.group_attribute <> 'overall'
    group by all
),

group_sizes as (
    select
        dataset,
        group_attribute,
        group_name,
        sum(n_samples)::bigint as n_samples
    from members
    group by all
),

split_sizes as (
    select
        dataset,
        group_attribute,
        split,
        sum(n_samples) / sum(sum(n_samples)) over (partition by dataset, group_attribute)
            as share,
        count(*) over (partition by dataset, group_attribute) as n_splits
    from members
    group by dataset, group_attribute, split
    qualify n_splits > 1
)

select
    group_sizes.dataset,
    group_sizes.group_attribute,
    group_sizes.group_name,
    split_sizes.split,
    coalesce(members.n_samples, 0) as n_samples,
    group_sizes.n_samples * split_sizes.share as n_expected,
    group_sizes.n_samples as n_in_all_splits,
    group_sizes.n_samples < split_sizes.n_splits as is_too_small
from group_sizes
inner join split_sizes using (dataset, group_attribute)
left join members using (dataset, group_attribute, group_name, split)
