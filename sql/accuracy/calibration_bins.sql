-- calibration_bins: reliability diagram: how often predictions of about one confidence are right
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name, bin
-- units: bin counts from 1 to 15, of equal width; confidence_from and confidence_to are its ends;
-- confidence (mean) and accuracy are fractions in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson
-- interval of accuracy
-- reads: zero_shot_confidences, sample_labels, judged_as, sample_cells, cell_groups, encoders, if_enough,
-- accuracy_of_counts
-- note: a bin without predictions has no row; a group with fewer than min_samples samples (a setting of
-- the store) has no rates
with judged as (
    select
        zero_shot_confidences.aggregation,
        zero_shot_confidences.encoder_id,
        zero_shot_confidences.prompt_set,
        zero_shot_confidences.attribute,
        zero_shot_confidences.sample_id,
        sample_labels.taxonomy,
        sample_labels.dataset,
        sample_labels.split,
        zero_shot_confidences.confidence,
        least(floor(zero_shot_confidences.confidence * 15), 14)::integer + 1 as bin,
        judged_as(
            sample_labels.taxonomy,
            sample_labels.attribute,
            zero_shot_confidences.predicted
        ) = sample_labels.label as is_correct
    from zero_shot_confidences
    inner join sample_labels using (sample_id, attribute)
),

by_cell as (
    select
        judged.aggregation,
        judged.encoder_id,
        judged.prompt_set,
        judged.attribute,
        judged.taxonomy,
        judged.dataset,
        judged.split,
        judged.bin,
        sample_cells.cell,
        count(*) as n_samples,
        count(*) filter (where judged.is_correct) as n_correct,
        sum(judged.confidence) as sum_confidence
    from judged
    inner join sample_cells using (sample_id)
    group by all
),

counts as (
    select
        by_cell.aggregation,
        by_cell.encoder_id,
        by_cell.prompt_set,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        by_cell.bin,
        accuracy_of_counts(sum(by_cell.n_correct)::bigint, sum(by_cell.n_samples)::bigint)
            as figures,
        sum(by_cell.sum_confidence) / sum(by_cell.n_samples) as confidence,
        sum(sum(by_cell.n_samples)) over (
            partition by
                by_cell.aggregation,
                by_cell.encoder_id,
                by_cell.prompt_set,
                by_cell.attribute,
                by_cell.dataset,
                by_cell.split,
                cell_groups.group_attribute,
                cell_groups.group_name
        ) as n_group
    from by_cell
    inner join cell_groups using (cell)
    group by
        by_cell.aggregation,
        by_cell.encoder_id,
        by_cell.prompt_set,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        by_cell.bin
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
