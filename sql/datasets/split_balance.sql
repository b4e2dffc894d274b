-- split_balance: how many samples of each group each split of a data set has, and how many it would have if all splits were alike
-- grain: dataset, group_attribute, group_name, split
-- units: n_expected is the number in all splits times the share of the split; is_too_small: the group has
-- fewer samples than there are splits, so that some split has none
-- reads: samples, sample_groups
-- note: only data sets with two or more splits, and samples which have one
with members as (
    select
        samples.dataset,
        samples.split,
        sample_groups.group_attribute,
        sample_groups.group_name
    from samples
    inner join sample_groups using (sample_id)
    where samples.split is not null and sample_groups.group_attribute <> 'overall'
),

group_sizes as (
    select
        dataset,
        group_attribute,
        group_name,
        count(*) as n_samples
    from members
    group by all
),

split_sizes as (
    select
        dataset,
        group_attribute,
        split,
        count(*) as n_samples,
        count(*) / sum(count(*)) over (partition by dataset, group_attribute) as share,
        count(*) over (partition by dataset, group_attribute) as n_splits
    from members
    group by dataset, group_attribute, split
    qualify n_splits > 1
),

cells as (
    select
        dataset,
        group_attribute,
        group_name,
        split,
        count(*) as n_samples
    from members
    group by all
)

select
    group_sizes.dataset,
    group_sizes.group_attribute,
    group_sizes.group_name,
    split_sizes.split,
    coalesce(cells.n_samples, 0) as n_samples,
    group_sizes.n_samples * split_sizes.share as n_expected,
    group_sizes.n_samples as n_in_all_splits,
    group_sizes.n_samples < split_sizes.n_splits as is_too_small
from group_sizes
inner join split_sizes using (dataset, group_attribute)
left join cells using (dataset, group_attribute, group_name, split)
