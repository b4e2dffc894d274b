-- accuracy_by_group: share of right predictions within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: judged_predictions, sample_groups, if_enough, wilson_low, wilson_high
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with counts as (
    select
        judged_predictions.classifier,
        judged_predictions.attribute,
        judged_predictions.taxonomy,
        judged_predictions.dataset,
        judged_predictions.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        count(*) as n_samples,
        count(*) filter (where judged_predictions.is_correct) as n_correct
    from judged_predictions
    inner join sample_groups using (sample_id)
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
    n_correct,
    if_enough(n_correct / n_samples, n_samples) as accuracy,
    if_enough(wilson_low(n_correct, n_samples), n_samples) as ci_low,
    if_enough(wilson_high(n_correct, n_samples), n_samples) as ci_high
from counts
