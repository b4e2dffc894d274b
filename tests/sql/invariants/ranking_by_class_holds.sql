-- ranking_by_class_holds: two classes a classifier, the same area of both, as the ranks of the scores say it, within its interval
-- audits: ranking_by_class, two_class_attributes
-- reads: ranking_by_class, auc_by_group, two_class_attributes, if_enough
-- todo: the view is wrong
with both_classes as (
    select
        ranking.*,
        min(ranking.auc) over of_both as auc_min,
        max(ranking.auc) over of_both as auc_max,
        sum(ranking.n_labelled) over of_both as n_labelled_of_both,
        count(*) over of_both as n_classes,
        areas.n_samples as n_samples_of_area,
        areas.auc as area
    from ranking_by_class as ranking
    left join auc_by_group('overall') as areas
        on
            ranking.classifier = areas.classifier
            and ranking.dataset = areas.dataset
            and ranking.split is not distinct from areas.split
            and ranking.class = areas.class
    window of_both as (partition by ranking.classifier, ranking.dataset, ranking.split)
)

select
    classifier,
    class
from both_classes
where
    n_classes <> 2
    or n_labelled_of_both is distinct from n_samples
    or n_samples is distinct from n_samples_of_area
    or coalesce(abs(auc - area) > 1e-9, (auc is null) <> (area is null))
    or auc_max - auc_min > 1e-9
    or auc not between 0 and 1
    -- the last of all is taken with everybody
    or average_precision not between if(n_labelled = n_samples, 1, 0) and 1
    or average_precision < n_labelled / n_samples / n_samples
    or (average_precision is null) <> (auc is null)
    or (auc is null) <> coalesce(if_enough(n_labelled in (0, n_samples), n_samples), true)
    or ci_low not between 0 and average_precision
    or ci_high not between average_precision and 1
    or ci_low_auc not between 0 and auc
    or ci_high_auc not between auc and 1
    or (ci_low is null) <> (ci_high is null)
    or (ci_low_auc is null) <> (ci_high_auc is null)
union all
select
    attribute as classifier,
    positive as class
from two_class_attributes
where
    positive is null
    or positive = negative
    or (is_yes_no and lower(positive) in ('no', 'false', 'absent', '0', '-1'))
