-- label_noise_by_group: how many labels of each group are suspect, and its accuracy if they were changed
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: suspect_share is a fraction in [0, 1] of n_samples, ci_low and ci_high its 95 % Wilson interval, of
-- n_effective samples: a person, or a picture and its copies, counts as one; accuracies as in accuracy_if_relabelled,
-- accuracy as in accuracy_by_group
-- reads: relabelled_counts, cell_groups, cluster_effects, seen_by, if_enough, counted_by_cluster, wilson_clustered
-- note: circular, as accuracy_if_relabelled is: those who are judged decide which labels are suspect, and a fault that all
-- models share in a group looks like wrong labels there. So a share that is larger in one group is a reason to look at its
-- pictures, and no proof. Groups by the attribute itself are left out: with another label a sample is in another group. A
-- group with fewer than min_samples samples (a setting of the store) has no rates
with counts as materialized (
    select
        relabelled_counts.classifier,
        relabelled_counts.attribute,
        relabelled_counts.taxonomy,
        relabelled_counts.dataset,
        relabelled_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(relabelled_counts.n_samples)::bigint as n_samples,
        sum(relabelled_counts.n_correct)::bigint as n_correct,
        sum(relabelled_counts.n_suspects)::bigint as n_suspects,
        sum(relabelled_counts.n_lost)::bigint as n_lost,
        sum(relabelled_counts.n_gained)::bigint as n_gained
    from relabelled_counts
    inner join cell_groups using (cell)
    where
        not list_contains(
            string_split(cell_groups.group_attribute, ' x '), relabelled_counts.attribute
        )
    group by all
),

-- what is a wrong label of one picture of a person is one of the others, however independently a classifier judges them
sized as (
    select
        counts.*,
        counted_by_cluster(counts.n_samples, cluster_effects.mean_cluster_size) as n_effective
    from counts
    left join cluster_effects
        on
            counts.classifier = cluster_effects.classifier
            and counts.dataset = cluster_effects.dataset
            and counts.split is not distinct from cluster_effects.split
            and counts.group_attribute = cluster_effects.group_attribute
            and counts.group_name = cluster_effects.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_suspects, n_samples, n_effective) as limits
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
    n_suspects,
    if_enough(n_suspects / n_samples, n_samples) as suspect_share,
    if_enough(limits.low, n_samples) as ci_low,
    if_enough(limits.high, n_samples) as ci_high,
    if_enough(n_correct / n_samples, n_samples) as accuracy,
    if_enough((n_correct - n_lost) / n_samples, n_samples) as accuracy_low,
    if_enough((n_correct + n_gained) / n_samples, n_samples) as accuracy_high,
    if_enough((n_correct - n_lost + n_gained) / n_samples, n_samples) as accuracy_relabelled,
    n_effective
from intervals
