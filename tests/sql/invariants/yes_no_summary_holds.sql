-- yes_no_summary_holds: means are those of the positive classes of the attributes of a set, within their intervals
-- audits: yes_no_summary, yes_no_classifiers
-- reads: yes_no_summary, yes_no_classifiers, ranking_by_class, classifier_summary
-- todo: the view is wrong
with recounted as (
    select
        members.task,
        summary.dataset,
        summary.split,
        count(*) as n_attributes,
        count(*) - count(ranking.average_precision) as n_undefined,
        avg(ranking.average_precision) as mean_average_precision,
        avg(ranking.auc) as mean_auc,
        avg(summary.accuracy) as mean_accuracy,
        avg(summary.balanced_accuracy) as mean_balanced_accuracy,
        max(summary.n_samples) as n_samples
    from yes_no_classifiers as members
    inner join classifier_summary as summary using (classifier)
    left join ranking_by_class as ranking
        on
            summary.classifier = ranking.classifier
            and summary.dataset = ranking.dataset
            and summary.split is not distinct from ranking.split
            and members.positive = ranking.class
    group by all
)

select coalesce(found.classifier, recounted.task) as classifier
from yes_no_summary as found
full outer join recounted
    on
        found.classifier = recounted.task
        and found.dataset = recounted.dataset
        and found.split is not distinct from recounted.split
where
    found.n_attributes is distinct from recounted.n_attributes
    or found.n_undefined is distinct from recounted.n_undefined
    or found.n_samples is distinct from recounted.n_samples
    or coalesce(len(found.undefined), 0) is distinct from recounted.n_undefined
    or coalesce(
        abs(found.mean_average_precision - recounted.mean_average_precision) > 1e-9,
        found.mean_average_precision is distinct from recounted.mean_average_precision
    )
    or coalesce(
        abs(found.mean_auc - recounted.mean_auc) > 1e-9, found.mean_auc is distinct from recounted.mean_auc
    )
    or coalesce(abs(found.mean_accuracy - recounted.mean_accuracy) > 1e-9, true)
    or coalesce(abs(found.mean_balanced_accuracy - recounted.mean_balanced_accuracy) > 1e-9, true)
    or found.ci_low not between 0 and found.mean_average_precision
    or found.ci_high not between found.mean_average_precision and 1
    or found.ci_low_auc not between 0 and found.mean_auc
    or found.ci_high_auc not between found.mean_auc and 1
union all
select classifier
from yes_no_classifiers
group by classifier
having count(*) > 1 or any_value(positive) is null
