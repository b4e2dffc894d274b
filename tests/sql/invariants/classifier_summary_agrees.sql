-- classifier_summary_agrees: the headline accuracy is that of 'overall', and its n that of prediction_coverage
-- audits: classifier_summary, accuracy_by_group, prediction_coverage
-- reads: classifier_summary, accuracy_by_group, prediction_coverage
-- todo: the view is wrong
with overall as (
    select
        classifier,
        dataset,
        split,
        n_samples,
        accuracy
    from accuracy_by_group
    where group_attribute = 'overall'
)

select
    coalesce(summary.classifier, overall.classifier) as classifier,
    coalesce(summary.dataset, overall.dataset) as dataset,
    coalesce(summary.split, overall.split) as split,
    summary.n_samples,
    coverage.n_judged,
    overall.n_samples as n_samples_overall,
    summary.accuracy,
    overall.accuracy as accuracy_overall
from classifier_summary as summary
full outer join overall
    on
        summary.classifier = overall.classifier
        and summary.dataset = overall.dataset
        and summary.split is not distinct from overall.split
left join prediction_coverage as coverage
    on
        summary.classifier = coverage.classifier
        and summary.dataset = coverage.dataset
        and summary.split is not distinct from coverage.split
where
    summary.n_samples is distinct from overall.n_samples
    or summary.n_samples is distinct from coverage.n_judged
    or not (abs(summary.accuracy - overall.accuracy) < 1e-9)
