-- auc_by_group_holds: the area is the same of both classes, in [0, 1], within its interval; the threshold finds what it is for
-- audits: auc_by_group
-- reads: auc_by_group, if_enough
-- todo: the view is wrong
with both_classes as (
    select
        *,
        min(auc) over of_group as auc_min,
        max(auc) over of_group as auc_max,
        sum(n_labelled) over of_group as n_labelled_of_both,
        count(*) over of_group as n_classes,
        min(class) over of_group <> max(class) over of_group as are_two
    from auc_by_group('race')
    window of_group as (partition by classifier, dataset, split, group_name)
)

select
    classifier,
    dataset,
    split,
    group_name,
    class,
    n_samples,
    n_labelled,
    auc,
    ci_low,
    ci_high,
    threshold_of_equal_recall
from both_classes
where
    n_classes <> 2
    or not are_two
    or n_labelled_of_both is distinct from n_samples
    or auc_max - auc_min > 1e-9
    or auc not between 0 and 1
    or ci_low not between 0 and auc
    or ci_high not between auc and 1
    or (ci_low is null) <> (ci_high is null)
    or true_positive_rate_at_threshold not between equal_recall - 1e-9 and 1
    or false_positive_rate_at_threshold not between 0 and 1
    or (coalesce(if_enough(n_labelled, n_samples), 0) > 0) <> (threshold_of_equal_recall is not null)
