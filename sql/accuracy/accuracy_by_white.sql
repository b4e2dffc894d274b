-- accuracy_by_white: accuracy on faces labelled White and on all others, race judged as those two
-- grain: classifier, dataset, split, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: judged_counts, class_maps, cell_groups, cluster_effects, judged_as, if_enough, wilson_clustered, seen_by
-- source: Radford et al. 2021, arXiv 2103.00020, section 7.1, has only these two groups in tables 3 and 4
-- note: the two groups are a convention of that paper and hide the differences between the others. n_effective is by the
-- mean design effect of their races (see cluster_effects)
with judged as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        cell,
        is_correct,
        n_samples
    from judged_counts
    where attribute <> 'race'
    union all
    select
        judged_counts.classifier,
        judged_counts.attribute,
        class_maps.taxonomy,
        judged_counts.dataset,
        judged_counts.split,
        judged_counts.cell,
        judged_as('CLIP-2', 'race', judged_counts.predicted) = class_maps.to_class as is_correct,
        judged_counts.n_samples
    from judged_counts
    inner join class_maps
        on
            judged_counts.attribute = class_maps.attribute
            and judged_counts.label = class_maps.class
    where judged_counts.attribute = 'race' and class_maps.taxonomy = 'CLIP-2'
),

races as (
    select
        cell,
        group_name,
        judged_as('CLIP-2', group_attribute, group_name) as race
    from cell_groups
    where group_attribute = 'race'
),

groups as (
    select
        judged.classifier,
        judged.attribute,
        judged.taxonomy,
        judged.dataset,
        judged.split,
        races.race as group_name,
        coalesce(sum(judged.n_samples) filter (where judged.is_correct), 0)::bigint as n_correct,
        sum(judged.n_samples)::bigint as n_samples,
        sum(judged.n_samples)
        / (sum(judged.n_samples * coalesce(cluster_effects.design_effect, 1)) / sum(judged.n_samples))
            as n_effective
    from judged
    inner join races using (cell)
    left join cluster_effects
        on
            judged.classifier = cluster_effects.classifier
            and judged.dataset = cluster_effects.dataset
            and judged.split is not distinct from cluster_effects.split
            and cluster_effects.group_attribute = 'race'
            and races.group_name = cluster_effects.group_name
    where races.race in ('White', 'Non-White')
    group by all
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from groups
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_name,
    seen_by(classifier, dataset, split) as seen,
    n_samples,
    n_correct,
    if_enough(n_correct / nullif(n_samples, 0), n_samples) as accuracy,
    if_enough(limits.low, n_samples) as ci_low,
    if_enough(limits.high, n_samples) as ci_high,
    n_effective
from intervals
