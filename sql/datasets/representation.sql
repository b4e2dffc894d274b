-- representation: how a group's share of a data set compares with equal shares, and with the largest group
-- grain: dataset, split, group_attribute, group_name
-- units: fraction in [0, 1]; ratio_to_uniform is the fraction times the number of groups, 1 where all are
-- alike; ratio_to_largest in (0, 1]; imbalance_ratio is the largest group over the smallest
-- reads: samples, sample_groups
-- note: a group without a sample is not here and not counted; 'overall' is no group
select
    samples.dataset,
    samples.split,
    sample_groups.group_attribute,
    sample_groups.group_name,
    count(*) as n_samples,
    count(*) over within_attribute as n_groups,
    count(*) / sum(count(*)) over within_attribute as fraction,
    count(*) / sum(count(*)) over within_attribute
    * count(*) over within_attribute as ratio_to_uniform,
    count(*) / max(count(*)) over within_attribute as ratio_to_largest,
    max(count(*)) over within_attribute / min(count(*)) over within_attribute as imbalance_ratio
from samples
inner join sample_groups using (sample_id)
where sample_groups.group_attribute <> 'overall'
group by
    samples.dataset,
    samples.split,
    sample_groups.group_attribute,
    sample_groups.group_name
window within_attribute as (
    partition by samples.dataset, samples.split, sample_groups.group_attribute
)
