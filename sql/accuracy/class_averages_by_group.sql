-- class_averages_by_group: balanced accuracy and macro F1 within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: fractions in [0, 1]; balanced_accuracy is of the n_classes that are labels in the group, with its 95 %
-- interval ci_low to ci_high, of n_effective samples (see cluster_effects); macro_f1 is of all that are a label or a
-- prediction there
-- reads: judged_counts, cell_groups, cluster_effects, if_enough, shrunken_share, share_limits
-- note: of all samples (group overall) they are those of classifier_summary. Groups of one label of the attribute itself
-- have one class alone. A group with fewer than min_samples samples (a setting of the store) has no figures
with counts as (
    select
        judged_counts.classifier_id,
        judged_counts.classifier,
        judged_counts.attribute,
        judged_counts.taxonomy,
        judged_counts.dataset,
        judged_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        judged_counts.label,
        judged_counts.predicted,
        sum(judged_counts.n_samples) as n_samples
    from judged_counts
    inner join cell_groups using (cell)
    group by all
),

sides as (
    select
        counts.* exclude (label, predicted, n_samples),
        counts.label as class,
        counts.n_samples as n_labelled,
        0 as n_predicted,
        if(counts.label = counts.predicted, counts.n_samples, 0) as n_right
    from counts
    union all
    select
        counts.* exclude (label, predicted, n_samples),
        counts.predicted as class,
        0 as n_labelled,
        counts.n_samples as n_predicted,
        0 as n_right
    from counts
),

by_class as materialized (
    select
        * exclude (n_labelled, n_predicted, n_right),
        sum(n_labelled)::bigint as n_labelled,
        sum(n_right)::bigint as n_right,
        sum(n_right) / nullif(sum(n_labelled), 0) as recall,
        2 * sum(n_right) / (sum(n_labelled) + sum(n_predicted)) as f1
    from sides
    group by all
),

with_worth as (
    select
        by_class.*,
        -- of each sample
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth,
        shrunken_share(by_class.n_right * worth, by_class.n_labelled * worth) as shrunken_recall
    from by_class
    left join cluster_effects
        on
            by_class.classifier_id = cluster_effects.classifier_id
            and by_class.dataset = cluster_effects.dataset
            and by_class.split is not distinct from cluster_effects.split
            and by_class.group_attribute = cluster_effects.group_attribute
            and by_class.group_name = cluster_effects.group_name
),

figures as (
    select
        classifier_id,
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_labelled)::bigint as n_samples,
        count(recall) as n_classes,
        avg(recall) as balanced_accuracy,
        share_limits(
            avg(recall),
            avg(shrunken_recall),
            sum(shrunken_recall * (1 - shrunken_recall) / (n_labelled * worth)) / count(recall) ** 2,
            sum(n_labelled * worth)
        ) as ci,
        avg(f1) as macro_f1,
        sum(n_labelled * worth) as n_effective
    from with_worth
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
    n_samples,
    n_classes,
    if_enough(balanced_accuracy, n_samples) as balanced_accuracy,
    if_enough(ci.low, n_samples) as ci_low,
    if_enough(ci.high, n_samples) as ci_high,
    if_enough(macro_f1, n_samples) as macro_f1,
    n_effective
from figures
