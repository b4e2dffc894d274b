-- measured_figures: the figures of all classifiers as one long table, a number a row
-- grain: classifier, dataset, split, group_attribute, group_name, metric
-- units: fractions; ci_low and ci_high: 95 % interval of an accuracy, or of balanced_accuracy, NULL for other metrics
-- reads: accuracy_by_group, accuracy_by_white, accuracy_disparity, classifier_summary
-- note: group_name is NULL for a metric over all groups of an attribute; the groups of 'CLIP-2 race' are
-- White and Non-White
with summaries as (
    select * from classifier_summary
    unpivot (
        value for metric in (
            balanced_accuracy,
            macro_precision,
            macro_recall,
            macro_f1,
            weighted_precision,
            weighted_recall,
            weighted_f1,
            chance_adjusted_accuracy
        )
    )
),

disparities as (
    select * from accuracy_disparity
    unpivot (
        value for metric in (
            accuracy_min,
            accuracy_max,
            accuracy_mean,
            accuracy_difference,
            accuracy_ratio,
            mean_minus_min
        )
    )
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    group_attribute,
    group_name,
    'accuracy' as metric,
    n_samples,
    accuracy as value,
    ci_low,
    ci_high
from accuracy_by_group
union all
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    'CLIP-2 race' as group_attribute,
    group_name,
    'accuracy' as metric,
    n_samples,
    accuracy as value,
    ci_low,
    ci_high
from accuracy_by_white
union all
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    'overall' as group_attribute,
    'overall' as group_name,
    metric,
    n_samples,
    value,
    if(metric = 'balanced_accuracy', ci_low_balanced, null) as ci_low,
    if(metric = 'balanced_accuracy', ci_high_balanced, null) as ci_high
from summaries
union all
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    group_attribute,
    null as group_name,
    metric,
    n_samples,
    value,
    null as ci_low,
    null as ci_high
from disparities
