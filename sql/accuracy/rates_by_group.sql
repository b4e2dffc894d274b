-- rates_by_group: one class against all others within each group: rates, precision, recall and F1
-- grain: classifier, dataset, split, group_attribute, group_name, class
-- units: rates are fractions in [0, 1]; n_samples of the group, n_labelled of them with the class as
-- their label, n_predicted with the class as their prediction, n_right with both; NULL where the denominator is 0
-- reads: judged_counts, cell_groups, if_enough, seen_by
-- note: names after Fairlearn; true_positive_rate is recall, selection_rate the share predicted as the
-- class; the classes are those that occur as a label or a prediction of the classifier;
-- a group with fewer than min_samples samples (a setting of the store) has no rates
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
    if_enough(2 * n_right / nullif(n_labelled + n_predicted, 0), n_samples) as f1
from counts
