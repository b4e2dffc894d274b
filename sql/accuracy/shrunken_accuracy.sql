-- shrunken_accuracy: accuracy of each group, drawn towards that of all groups as far as its size makes it noise
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: accuracies are fractions in [0, 1]; own_weight in [0, 1] is how much of the group's own difference is left;
-- posterior_sd and tau, the standard deviation of the true accuracies between groups, are fractions;
-- accuracy_centre is the mean that groups are drawn towards
-- reads: accuracy_by_group, variance_between, seen_by
-- source: Efron and Morris 1975, 10.1080/01621459.1975.10479864; tau: DerSimonian and Laird 1986,
-- 10.1016/0197-2456(86)90046-2; the centre has their weights, 1 / (tau ** 2 + p (1 - p) / n)
-- note: the noise of a group is that of its n_effective samples (see cluster_effects). NULL where there is one group, and
-- for groups with fewer than min_samples samples (a setting of the store), which take no part; tau is 0 where the groups
-- differ by no more than chance, and all of them are then at the centre
with judged as materialized (
    select
        * exclude (ci_low, ci_high),
        if(accuracy is null, null, n_effective) as n_used,
        if(accuracy is null, null, n_correct * (n_effective / n_samples)) as n_right
    from accuracy_by_group
    where group_attribute <> 'overall'
),

sums as (
    select
        *,
        count(n_used) over kind as n_groups,
        sum(n_used) over kind as n_all,
        sum(n_right) over kind as n_right_all,
        sum(n_used::double ** 2) over kind as sum_n_squared,
        sum(n_right::double ** 2 / n_used) over kind as sum_of_squares
    from judged
    window kind as (partition by classifier, attribute, taxonomy, dataset, split, group_attribute)
),

spreads as (
    select
        *,
        n_right_all / n_all as pooled,
        variance_between(n_groups, n_all, n_right_all, sum_n_squared, sum_of_squares) as variance
    from sums
),

weights as (
    select
        *,
        pooled * (1 - pooled) / n_used as noise,
        if(variance = 0, n_used, 1 / (variance + noise)) as weight
    from spreads
),

centred as (
    select
        *,
        sum(weight * accuracy) over kind / sum(weight) over kind as centre,
        if(variance = 0, 0 * n_used, variance / (variance + noise)) as own_weight
    from weights
    window kind as (partition by classifier, attribute, taxonomy, dataset, split, group_attribute)
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    group_attribute,
    group_name,
    n_samples,
    n_correct,
    accuracy,
    centre + own_weight * (accuracy - centre) as shrunken_accuracy,
    own_weight,
    sqrt(own_weight * noise) as posterior_sd,
    pooled as accuracy_pooled,
    centre as accuracy_centre,
    sqrt(variance) as tau,
    n_effective
from centred
