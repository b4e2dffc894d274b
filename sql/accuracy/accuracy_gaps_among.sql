-- accuracy_gaps_among(n_compared): as accuracy_gaps, with intervals that hold for n_compared pairs of groups at once
-- grain: classifier, dataset, split, group_attribute
-- units: as in accuracy_gaps; n_compared counts all pairs that are looked at, of several attributes and classifiers,
-- say; NULL: those of the row's own groups
-- reads: shrunken_accuracy, z_of_pairs, wilson_at, detectable_gap, seen_by
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10, with
-- Bonferroni's correction for the pairs
-- note: ci_low is the largest of the pairs' lower limits and ci_high the largest of their upper limits: with 95 % some
-- two groups are at least ci_low apart, and no two more than ci_high. Limits are of n_effective samples (see
-- cluster_effects)
with sizes as (
    select
        *,
        count(*) over (
            partition by classifier, attribute, taxonomy, dataset, split, group_attribute
        ) as n_groups
    from shrunken_accuracy
    where accuracy is not null
),

-- a step of its own, as the macros below name z many times
levels as (
    select
        *,
        z_of_pairs(coalesce(n_compared, n_groups * (n_groups - 1) / 2)) as z
    from sizes
),

limited as (
    select
        *,
        wilson_at(n_correct * (n_effective / n_samples), n_effective, z) as limits
    from levels
),

-- what the interval reaches below and above, squared
groups as materialized (
    select
        *,
        (accuracy - limits.low) ** 2 as below,
        (limits.high - accuracy) ** 2 as above
    from limited
),

-- of all pairs, each once: its difference may be taken either way
pairs as (
    select
        one.classifier,
        one.dataset,
        one.split,
        one.group_attribute,
        max(
            abs(one.accuracy - two.accuracy)
            - if(
                one.accuracy > two.accuracy,
                sqrt(one.below + two.above),
                sqrt(two.below + one.above)
            )
        ) as ci_low,
        max(
            greatest(
                one.accuracy - two.accuracy + sqrt(one.above + two.below),
                two.accuracy - one.accuracy + sqrt(two.above + one.below)
            )
        ) as ci_high,
        arg_max(
            if(
                one.accuracy > two.accuracy,
                { 'better': one.group_name, 'worse': two.group_name },
                { 'better': two.group_name, 'worse': one.group_name }
            ),
            abs(one.accuracy - two.accuracy)
            - if(
                one.accuracy > two.accuracy,
                sqrt(one.below + two.above),
                sqrt(two.below + one.above)
            )
        ) as surest
    from groups as one
    inner join groups as two
        on
            one.classifier = two.classifier
            and one.dataset = two.dataset
            and one.split is not distinct from two.split
            and one.group_attribute = two.group_attribute
            and one.group_name < two.group_name
    group by all
),

extremes as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        count(*) as n_groups,
        arg_max(
            { 'name': group_name, 'n': n_samples, 'accuracy': accuracy },
            { 'accuracy': accuracy, 'name': group_name }
        ) as best,
        arg_min(
            { 'name': group_name, 'n': n_samples, 'accuracy': accuracy },
            { 'accuracy': accuracy, 'name': group_name }
        ) as worst,
        max(shrunken_accuracy) - min(shrunken_accuracy) as shrunken_gap,
        any_value(tau) as tau,
        detectable_gap(
            count(*), median(n_effective), median(n_effective), any_value(accuracy_pooled)
        ) as detectable_gap
    from groups
    group by all
)

select
    extremes.classifier,
    extremes.attribute,
    extremes.taxonomy,
    extremes.dataset,
    extremes.split,
    seen_by(extremes.classifier, extremes.dataset, extremes.split) as seen,
    extremes.group_attribute,
    extremes.n_groups,
    extremes.best.name as best_group,
    extremes.best.n as n_samples_best,
    extremes.best.accuracy as accuracy_best,
    extremes.worst.name as worst_group,
    extremes.worst.n as n_samples_worst,
    extremes.worst.accuracy as accuracy_worst,
    extremes.best.accuracy - extremes.worst.accuracy as gap,
    pairs.ci_low,
    pairs.ci_high,
    pairs.surest.better as surest_better_group,
    pairs.surest.worse as surest_worse_group,
    extremes.tau,
    extremes.shrunken_gap,
    extremes.detectable_gap
from extremes
inner join pairs
    on
        extremes.classifier = pairs.classifier
        and extremes.dataset = pairs.dataset
        and extremes.split is not distinct from pairs.split
        and extremes.group_attribute = pairs.group_attribute
