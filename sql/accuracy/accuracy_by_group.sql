-- accuracy_by_group: share of right predictions within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; n_effective is how many independent samples these are worth;
-- ci_low and ci_high: 95 % Wilson interval
-- reads: judged_counts, cell_groups, cluster_effects, if_enough, wilson_clustered, seen_by
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates; n_effective is n_samples unless
-- some of them show the same person or are copies (see cluster_effects)
with by_cell as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        cell,
        sum(n_samples) as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_correct
    from judged_counts
    group by all
),

groups as materialized (
    select
        by_cell.classifier,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(by_cell.n_samples)::bigint as n_samples,
        sum(by_cell.n_correct)::bigint as n_correct
    from by_cell
    inner join cell_groups using (cell)
    group by all
),

-- a step of its own, as the macros below name n_effective many times
sized as (
    select
        groups.*,
        coalesce(cluster_effects.n_effective, groups.n_samples) as n_effective
    from groups
    left join cluster_effects
        on
            groups.classifier = cluster_effects.classifier
            and groups.dataset = cluster_effects.dataset
            and groups.split is not distinct from cluster_effects.split
            and groups.group_attribute = cluster_effects.group_attribute
            and groups.group_name = cluster_effects.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from sized
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    group_name,
    seen_by(classifier, dataset, split) as seen,
    n_samples,
    n_correct,
    if_enough(n_correct / nullif(n_samples, 0), n_samples) as accuracy,
    if_enough(limits.low, n_samples) as ci_low,
    if_enough(limits.high, n_samples) as ci_high,
    n_effective
from intervals
