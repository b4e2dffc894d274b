-- representation: how a group's share of a data set compares with equal shares, and with the largest group
-- grain: dataset, split, group_attribute, group_name
-- units: fraction in [0, 1]; ratio_to_uniform is the fraction times the number of groups, 1 where all are
-- alike; ratio_to_largest in (0, 1]; imbalance_ratio is the largest group over the smallest
-- reads: cell_counts, cell_groups
-- note: a group without a sample is not here and not counted; 'overall' is no group
with counts as (
    select
        cell_counts.dataset,
        cell_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(cell_counts.n_samples)::bigint as n_samples
    from cell_counts
    inner join cell_groups using (cell)
    where cell_groups.group_attribute <> 'overall'
    group by all
)

select
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    count(*) over within_attribute as n_groups,
    n_samples / sum(n_samples) over within_attribute as fraction,
    n_samples / sum(n_samples) over within_attribute
    * count(*) over within_attribute as ratio_to_uniform,
    n_samples / max(n_samples) over within_attribute as ratio_to_largest,
    max(n_samples) over within_attribute / min(n_samples) over within_attribute as imbalance_ratio
from counts
window within_attribute as (
    partition by dataset, split, group_attribute
)
