-- label_noise_by_group: how many labels of each group are suspect, and its accuracy if they were changed
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: suspect_share is a fraction in [0, 1] of n_samples, ci_low and ci_high its 95 % Wilson interval; accuracies as in
-- accuracy_if_relabelled, accuracy as in accuracy_by_group
-- reads: relabelled_counts, cell_groups, seen_by, if_enough, wilson_low, wilson_high
-- note: circular, as accuracy_if_relabelled is: those who are judged decide which labels are suspect, and a fault that all
-- models share in a group looks like wrong labels there. So a share that is larger in one group is a reason to look at its
-- pictures, and no proof. Groups by the attribute itself are left out: with another label a sample is in another group. A
-- group with fewer than min_samples samples (a setting of the store) has no rates
with counts as (
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
    if_enough(wilson_low(n_suspects, n_samples), n_samples) as ci_low,
    if_enough(wilson_high(n_suspects, n_samples), n_samples) as ci_high,
    if_enough(n_correct / n_samples, n_samples) as accuracy,
    if_enough((n_correct - n_lost) / n_samples, n_samples) as accuracy_low,
    if_enough((n_correct + n_gained) / n_samples, n_samples) as accuracy_high,
    if_enough((n_correct - n_lost + n_gained) / n_samples, n_samples) as accuracy_relabelled
from counts
