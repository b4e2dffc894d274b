-- accuracy_without_duplicates: accuracy of a classifier with and without the samples that are left out as duplicates
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1], of n_samples_raw and n_samples_dedup; ci_low and ci_high:
-- 95 % Wilson intervals; n_removed counts judged samples; change is accuracy_dedup - accuracy_raw
-- reads: judged_predictions, excluded_samples, wilson_low, wilson_high
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is
with counts as (
    select
        judged_predictions.classifier,
        judged_predictions.attribute,
        judged_predictions.dataset,
        judged_predictions.split,
        count(*) as n_samples_raw,
        count(*) filter (where judged_predictions.is_correct) as n_correct_raw,
        count(*) filter (where excluded_samples.sample_id is null) as n_samples_dedup,
        count(*) filter (
            where judged_predictions.is_correct and excluded_samples.sample_id is null
        ) as n_correct_dedup
    from judged_predictions
    left join excluded_samples using (sample_id)
    group by all
)

select
    classifier,
    attribute,
    dataset,
    split,
    n_samples_raw,
    n_samples_raw - n_samples_dedup as n_removed,
    n_samples_dedup,
    n_correct_raw / n_samples_raw as accuracy_raw,
    wilson_low(n_correct_raw, n_samples_raw) as ci_low_raw,
    wilson_high(n_correct_raw, n_samples_raw) as ci_high_raw,
    if(n_samples_dedup > 0, n_correct_dedup / n_samples_dedup, null) as accuracy_dedup,
    wilson_low(n_correct_dedup, n_samples_dedup) as ci_low_dedup,
    wilson_high(n_correct_dedup, n_samples_dedup) as ci_high_dedup,
    accuracy_dedup - accuracy_raw as change
from counts
