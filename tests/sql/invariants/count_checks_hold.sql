-- count_checks_hold: whatever is kept as counts is checked, and current
-- audits: count_checks
-- reads: count_checks, counted_datasets, counted_predictions
-- todo: the view is wrong
select
    coalesce(counted.dataset, count_checks.dataset) as dataset,
    coalesce(counted.classifier_id, count_checks.classifier_id) as classifier_id,
    count_checks.is_current
from (
    select
        dataset,
        null as classifier_id
    from counted_datasets
    union all
    select
        dataset,
        classifier_id
    from counted_predictions
) as counted
full join count_checks
    on
        counted.dataset = count_checks.dataset
        and counted.classifier_id is not distinct from count_checks.classifier_id
where
    counted.dataset is null
    or count_checks.dataset is null
    or not coalesce(count_checks.is_current, false)
