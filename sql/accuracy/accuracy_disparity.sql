-- accuracy_disparity: how far apart the accuracies of the groups of one attribute are
-- grain: classifier, dataset, split, group_attribute
-- units: accuracies and their differences are fractions in [0, 1]; every group counts the same
-- reads: accuracy_by_group
-- note: names after Fairlearn; mean_minus_min is what published FairFace tables call the race gap;
-- groups with fewer than min_samples samples (a setting of the store) are counted in n_groups_too_small
-- and in nothing else
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    count(accuracy) as n_groups,
    count(*) - count(accuracy) as n_groups_too_small,
    sum(if(accuracy is null, null, n_samples))::bigint as n_samples,
    min(if(accuracy is null, null, n_samples)) as n_samples_smallest,
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
    ) as n_samples_worst
from accuracy_by_group
where group_attribute <> 'overall'
group by all
