-- calibration_bins: reliability diagram: how often predictions of about one confidence are right
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name, bin
-- units: bin counts from 1 to 15, of equal width; confidence_from and confidence_to are its ends;
-- confidence (mean) and accuracy are fractions in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson
-- interval of accuracy
-- reads: calibration_counts, cell_groups, encoders, if_enough, accuracy_of_counts
-- note: a bin without predictions has no row; a group with fewer than min_samples samples (a setting of
-- the store) has no rates
with counts as (
    select
        calibration_counts.aggregation,
        calibration_counts.encoder_id,
        calibration_counts.prompt_set,
        calibration_counts.attribute,
        calibration_counts.taxonomy,
        calibration_counts.dataset,
        calibration_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        calibration_counts.bin,
        accuracy_of_counts(sum(calibration_counts.n_correct)::bigint, sum(calibration_counts.n_samples)::bigint)
            as figures,
        sum(calibration_counts.sum_confidence) / sum(calibration_counts.n_samples) as confidence,
        sum(sum(calibration_counts.n_samples)) over (
            partition by
                calibration_counts.aggregation,
                calibration_counts.encoder_id,
                calibration_counts.prompt_set,
                calibration_counts.attribute,
                calibration_counts.dataset,
                calibration_counts.split,
                cell_groups.group_attribute,
                cell_groups.group_name
        ) as n_group
    from calibration_counts
    inner join cell_groups using (cell)
    group by
        calibration_counts.aggregation,
        calibration_counts.encoder_id,
        calibration_counts.prompt_set,
        calibration_counts.attribute,
        calibration_counts.taxonomy,
        calibration_counts.dataset,
        calibration_counts.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        calibration_counts.bin
)

select
    counts.aggregation,
    counts.encoder_id,
    encoders.name as encoder,
    counts.prompt_set,
    counts.attribute,
    counts.taxonomy,
    counts.dataset,
    counts.split,
    counts.group_attribute,
    counts.group_name,
    counts.bin,
    (counts.bin - 1) / 15 as confidence_from,
    counts.bin / 15 as confidence_to,
    counts.figures.n_samples,
    counts.figures.n_correct,
    if_enough(counts.confidence, counts.n_group) as confidence,
    if_enough(counts.figures.accuracy, counts.n_group) as accuracy,
    if_enough(counts.figures.ci_low, counts.n_group) as ci_low,
    if_enough(counts.figures.ci_high, counts.n_group) as ci_high
from counts
inner join encoders using (encoder_id)
