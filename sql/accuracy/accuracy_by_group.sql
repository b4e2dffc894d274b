-- accuracy_by_group: share of right predictions within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: judged_predictions, sample_groups, group_accuracy
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with groups as (
    select
        judged_predictions.classifier,
        judged_predictions.attribute,
        judged_predictions.taxonomy,
        judged_predictions.dataset,
        judged_predictions.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        group_accuracy(judged_predictions.is_correct) as figures
    from judged_predictions
    inner join sample_groups using (sample_id)
    group by all
)

select
    * exclude (figures),
    figures.*
from groups
