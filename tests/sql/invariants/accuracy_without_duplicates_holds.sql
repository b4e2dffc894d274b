-- accuracy_without_duplicates_holds: counts add up, raw figures are those of classifier_summary, accuracies lie within their intervals
-- audits: accuracy_without_duplicates
-- reads: accuracy_without_duplicates, classifier_summary
-- todo: the view is wrong
select
    found.classifier,
    found.dataset,
    found.split,
    found.n_samples_raw,
    found.n_removed,
    found.n_samples_dedup,
    found.accuracy_raw,
    found.accuracy_dedup,
    classifier_summary.n_samples,
    classifier_summary.accuracy
from accuracy_without_duplicates as found
left join classifier_summary
    on
        found.classifier = classifier_summary.classifier
        and found.dataset = classifier_summary.dataset
        and found.split is not distinct from classifier_summary.split
where
    found.n_samples_raw is distinct from classifier_summary.n_samples
    or not coalesce(abs(found.accuracy_raw - classifier_summary.accuracy) < 1e-9, false)
    or not coalesce(found.n_samples_raw - found.n_removed = found.n_samples_dedup, false)
    or not coalesce(found.n_removed between 0 and found.n_samples_raw, false)
    or (found.accuracy_dedup is null) <> (found.n_samples_dedup = 0)
    or not (found.accuracy_dedup between 0 and 1)
    or not (found.ci_low_raw between 0 and found.accuracy_raw + 1e-9)
    or not (found.ci_high_raw between found.accuracy_raw - 1e-9 and 1)
    or not (found.ci_low_dedup between 0 and found.accuracy_dedup + 1e-9)
    or not (found.ci_high_dedup between found.accuracy_dedup - 1e-9 and 1)
    or not (abs(found.change - (found.accuracy_dedup - found.accuracy_raw)) < 1e-9)
