-- calibration_counts: predictions by their confidence and the cell of their sample
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, bin, cell
-- units: bin counts from 1 to 15, of equal width; n_samples and n_correct count samples; sum_confidence adds up
-- confidences, which are in [0, 1]
-- reads: zero_shot_confidences, sample_labels, judged_as, sample_cells
-- note: sums over samples, so that they can be counted in parts
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
)

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
