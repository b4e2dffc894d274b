-- rates_by_group: one class against all others within each group: rates, precision, recall and F1
-- grain: classifier, dataset, split, group_attribute, group_name, class
-- units: rates are fractions in [0, 1]; n_samples of the group, n_labelled of them with the class as
-- their label, n_predicted with the class as their prediction, n_right with both; NULL where the denominator is 0;
-- ci_low and ci_high of the selection and the positive rates: 95 % Wilson intervals
-- reads: judged_counts, cell_groups, cluster_effects, if_enough, wilson_low, wilson_high, seen_by
-- note: names after Fairlearn; true_positive_rate is recall, selection_rate the share predicted as the
-- class; the classes are those that occur as a label or a prediction of the classifier;
-- a group with fewer than min_samples samples (a setting of the store) has no rates. Where samples show the same person
-- intervals are of fewer ones, as those of rate_gaps
with judged as materialized (
    select
        judged_counts.classifier,
        judged_counts.attribute,
        judged_counts.taxonomy,
        judged_counts.dataset,
        judged_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        judged_counts.label,
        judged_counts.predicted,
        sum(judged_counts.n_samples) as n
    from judged_counts
    inner join cell_groups using (cell)
    group by all
),

classes_of as (
    select
        classifier,
        dataset,
        split,
        label as class
    from judged_counts
    union
    select
        classifier,
        dataset,
        split,
        predicted as class
    from judged_counts
),

counts as (
    select
        judged.classifier,
        judged.attribute,
        judged.taxonomy,
        judged.dataset,
        judged.split,
        judged.group_attribute,
        judged.group_name,
        classes_of.class,
        sum(judged.n)::bigint as n_samples,
        coalesce(sum(judged.n) filter (where judged.label = classes_of.class), 0)::bigint
            as n_labelled,
        coalesce(sum(judged.n) filter (where judged.predicted = classes_of.class), 0)::bigint
            as n_predicted,
        coalesce(sum(judged.n) filter (
            where judged.label = classes_of.class and judged.predicted = classes_of.class
        ), 0)::bigint as n_right
    from judged
    inner join classes_of
        on
            judged.classifier = classes_of.classifier
            and judged.dataset = classes_of.dataset
            and judged.split is not distinct from classes_of.split
    group by all
),

weighed as (
    select
        counts.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth,
        coalesce(1 / cluster_effects.mean_cluster_size, 1) as worth_of_share
    from counts
    left join cluster_effects
        on
            counts.classifier = cluster_effects.classifier
            and counts.dataset = cluster_effects.dataset
            and counts.split is not distinct from cluster_effects.split
            and counts.group_attribute = cluster_effects.group_attribute
            and counts.group_name = cluster_effects.group_name
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
    class,
    n_samples,
    n_labelled,
    n_predicted,
    n_right,
    if_enough(n_predicted / n_samples, n_samples) as selection_rate,
    if_enough(n_right / nullif(n_labelled, 0), n_samples) as true_positive_rate,
    if_enough(
        (n_predicted - n_right) / nullif(n_samples - n_labelled, 0), n_samples
    ) as false_positive_rate,
    if_enough(n_right / nullif(n_predicted, 0), n_samples) as precision,
    if_enough(
        (n_samples - n_labelled - n_predicted + n_right) / nullif(n_samples - n_predicted, 0),
        n_samples
    ) as negative_predictive_value,
    if_enough(wilson_low(n_predicted * worth_of_share, n_samples * worth_of_share), n_samples)
        as ci_low_selection_rate,
    if_enough(wilson_high(n_predicted * worth_of_share, n_samples * worth_of_share), n_samples)
        as ci_high_selection_rate,
    if_enough(wilson_low(n_right * worth, n_labelled * worth), n_samples)
        as ci_low_true_positive_rate,
    if_enough(wilson_high(n_right * worth, n_labelled * worth), n_samples)
        as ci_high_true_positive_rate,
    if_enough(
        wilson_low((n_predicted - n_right) * worth, (n_samples - n_labelled) * worth), n_samples
    ) as ci_low_false_positive_rate,
    if_enough(
        wilson_high((n_predicted - n_right) * worth, (n_samples - n_labelled) * worth), n_samples
    ) as ci_high_false_positive_rate,
    if_enough(2 * n_right / nullif(n_labelled + n_predicted, 0), n_samples) as f1
from weighed
