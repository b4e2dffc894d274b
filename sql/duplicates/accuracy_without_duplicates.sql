-- accuracy_without_duplicates: accuracy of a classifier with and without the samples that are left out as duplicates
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1], of n_samples_raw and n_samples_dedup; ci_low and ci_high: 95 % Wilson
-- interval of accuracy_dedup, ci_low_raw and ci_high_raw of accuracy_raw; n_removed counts judged samples; change
-- is accuracy_dedup - accuracy_raw
-- reads: judged_predictions, excluded_samples, accuracy_of
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is
-- deprecated: ci_low_dedup and ci_high_dedup, until version 0.2: ci_low and ci_high are the same
with counts as (
    select
        judged_predictions.classifier,
        judged_predictions.attribute,
        judged_predictions.taxonomy,
        judged_predictions.dataset,
        judged_predictions.split,
        accuracy_of(judged_predictions.is_correct) as figures,
        accuracy_of(
            if(excluded_samples.sample_id is null, judged_predictions.is_correct, null)
        ) as figures_dedup
    from judged_predictions
    left join excluded_samples using (sample_id)
    group by all
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    figures.n_samples as n_samples_raw,
    figures.n_samples - figures_dedup.n_samples as n_removed,
    figures_dedup.n_samples as n_samples_dedup,
    figures.accuracy as accuracy_raw,
    figures.ci_low as ci_low_raw,
    figures.ci_high as ci_high_raw,
    figures_dedup.accuracy as accuracy_dedup,
    figures_dedup.ci_low,
    figures_dedup.ci_high,
    figures_dedup.ci_low as ci_low_dedup,
    figures_dedup.ci_high as ci_high_dedup,
    figures_dedup.accuracy - figures.accuracy as change
from counts
