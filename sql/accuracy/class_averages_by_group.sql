-- class_averages_by_group: balanced accuracy and macro F1 within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: fractions in [0, 1]; balanced_accuracy is of the n_classes that are labels in the group, with its 95 %
-- interval ci_low to ci_high; macro_f1 is of all that are a label or a prediction there
-- reads: judged_counts, cell_groups, if_enough, shrunken_share, share_limits
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

by_class as (
    select
        * exclude (n_labelled, n_predicted, n_right),
        sum(n_labelled)::bigint as n_labelled,
        sum(n_right) / nullif(sum(n_labelled), 0) as recall,
        shrunken_share(sum(n_right), sum(n_labelled)) as shrunken_recall,
        2 * sum(n_right) / (sum(n_labelled) + sum(n_predicted)) as f1
    from sides
    group by all
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
            sum(shrunken_recall * (1 - shrunken_recall) / n_labelled) / count(recall) ** 2,
            sum(n_labelled)
        ) as ci,
        avg(f1) as macro_f1
    from by_class
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
    if_enough(macro_f1, n_samples) as macro_f1
from figures
