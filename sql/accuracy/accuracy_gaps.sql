-- accuracy_gaps: the best and the worst group of an attribute, how far apart they are, and how sure that is
-- grain: classifier, dataset, split, group_attribute
-- units: accuracies, gap, ci_low and ci_high are fractions; the interval is a 95 % one of the difference of two
-- shares, wide enough for all pairs of groups at once, since the pair was chosen after looking
-- reads: accuracy_by_group, z_of_pairs
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction for the pairs
-- note: the true gap between some two groups is above ci_low; another pair than these two may lie above ci_high.
-- Groups with fewer than min_samples samples (a setting of the store) take no part; one group has no gap
with extremes as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        count(*) as n_groups,
        arg_max(
            { 'name': group_name, 'n': n_samples, 'n_right': n_correct },
            { 'accuracy': accuracy, 'name': group_name }
        ) as best,
        arg_min(
            { 'name': group_name, 'n': n_samples, 'n_right': n_correct },
            { 'accuracy': accuracy, 'name': group_name }
        ) as worst
    from accuracy_by_group
    where
        group_attribute <> 'overall'
        and accuracy is not null
    group by all
    having count(*) > 1
),

shares as (
    select
        *,
        best.n_right / best.n as accuracy_best,
        worst.n_right / worst.n as accuracy_worst,
        z_of_pairs(n_groups * (n_groups - 1) / 2) as z
    from extremes
),

-- what Wilson's intervals of the two at this z reach beyond their middles, and where the middles are
intervals as (
    select
        *,
        (best.n_right + z ** 2 / 2) / (best.n + z ** 2) as middle_best,
        z * sqrt(best.n_right * (1 - accuracy_best) + z ** 2 / 4) / (best.n + z ** 2) as half_best,
        (worst.n_right + z ** 2 / 2) / (worst.n + z ** 2) as middle_worst,
        z * sqrt(worst.n_right * (1 - accuracy_worst) + z ** 2 / 4) / (worst.n + z ** 2) as half_worst
    from shares
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    n_groups,
    best.name as best_group,
    best.n as n_samples_best,
    accuracy_best,
    worst.name as worst_group,
    worst.n as n_samples_worst,
    accuracy_worst,
    accuracy_best - accuracy_worst as gap,
    accuracy_best - accuracy_worst - sqrt(
        (accuracy_best - middle_best + half_best) ** 2
        + (middle_worst + half_worst - accuracy_worst) ** 2
    ) as ci_low,
    accuracy_best - accuracy_worst + sqrt(
        (middle_best + half_best - accuracy_best) ** 2
        + (accuracy_worst - middle_worst + half_worst) ** 2
    ) as ci_high
from intervals
