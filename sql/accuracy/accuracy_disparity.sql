-- accuracy_disparity: how far apart the accuracies of the groups of one attribute are
-- grain: classifier, dataset, split, group_attribute
-- units: accuracies and their differences are fractions in [0, 1]; every group counts the same; tau: standard
-- deviation of the true accuracies between groups, 0 where they differ by no more than chance; detectable_difference:
-- the smallest that two groups of median size would show with 80 % power
-- reads: accuracy_by_group, variance_between, detectable_gap
-- source: tau: DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2
-- note: names after Fairlearn; mean_minus_min is what published FairFace tables call the race gap;
-- the extremes of many groups lie apart by chance alone: accuracy_gaps has the interval, shrunken_accuracy what is
-- left of each group's figure without that chance;
-- groups with fewer than min_samples samples (a setting of the store) are counted in n_groups_too_small
-- and in nothing else
with figures as (
    select
        *,
        if(accuracy is null, null, n_samples) as n_used,
        if(accuracy is null, null, n_effective) as n_worth
    from accuracy_by_group
    where group_attribute <> 'overall'
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    group_attribute,
    count(accuracy) as n_groups,
    count(*) - count(accuracy) as n_groups_too_small,
    sum(n_used)::bigint as n_samples,
    min(n_used) as n_samples_smallest,
    min(accuracy) as accuracy_min,
    max(accuracy) as accuracy_max,
    avg(accuracy) as accuracy_mean,
    max(accuracy) - min(accuracy) as accuracy_difference,
    min(accuracy) / nullif(max(accuracy), 0) as accuracy_ratio,
    avg(accuracy) - min(accuracy) as mean_minus_min,
    arg_min(group_name, { 'accuracy': accuracy, 'name': group_name }) filter (
        where accuracy is not null
    ) as worst_group,
    arg_min(n_samples, { 'accuracy': accuracy, 'name': group_name }) filter (
        where accuracy is not null
    ) as n_samples_worst,
    sqrt(
        variance_between(
            count(accuracy),
            sum(n_worth),
            sum(accuracy * n_worth),
            sum(n_worth ** 2),
            sum(accuracy ** 2 * n_worth)
        )
    ) as tau,
    detectable_gap(
        count(accuracy), median(n_worth), median(n_worth), sum(accuracy * n_worth) / sum(n_worth)
    ) as detectable_difference
from figures
group by all
