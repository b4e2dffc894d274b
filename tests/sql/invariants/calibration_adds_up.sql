-- calibration_adds_up: bins of all samples add up to the labelled ones with a confidence; errors are in [0, 1]
-- audits: calibration, zero_shot_confidences
-- reads: calibration, zero_shot_confidences, sample_labels
-- todo: the view is wrong
with judged as (
    select
        confidences.aggregation,
        confidences.encoder_id,
        confidences.prompt_set,
        confidences.attribute,
        sample_labels.dataset,
        sample_labels.split,
        count(*) as n_samples
    from zero_shot_confidences as confidences
    inner join sample_labels
        on
            confidences.sample_id = sample_labels.sample_id
            and confidences.attribute = sample_labels.attribute
    group by all
),

overall as (
    select *
    from calibration
    where group_attribute = 'overall'
)

select
    coalesce(judged.aggregation, overall.aggregation) as aggregation,
    coalesce(judged.encoder_id, overall.encoder_id) as encoder_id,
    coalesce(judged.prompt_set, overall.prompt_set) as prompt_set,
    coalesce(judged.attribute, overall.attribute) as attribute,
    coalesce(judged.dataset, overall.dataset) as dataset,
    coalesce(judged.split, overall.split) as split,
    'overall' as group_name,
    overall.n_samples,
    judged.n_samples as n_samples_judged,
    null as accuracy,
    null as confidence,
    null as overconfidence,
    null as expected_calibration_error,
    null as maximum_calibration_error
from judged
full outer join overall
    on
        judged.aggregation = overall.aggregation
        and judged.encoder_id = overall.encoder_id
        and judged.prompt_set = overall.prompt_set
        and judged.attribute = overall.attribute
        and judged.dataset = overall.dataset
        and judged.split is not distinct from overall.split
where judged.n_samples is distinct from overall.n_samples
union all
select
    aggregation,
    encoder_id,
    prompt_set,
    attribute,
    dataset,
    split,
    group_name,
    n_samples,
    null as n_samples_judged,
    accuracy,
    confidence,
    overconfidence,
    expected_calibration_error,
    maximum_calibration_error
from calibration
where
    n_samples is null
    or n_samples < 1
    or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
    or coalesce(expected_calibration_error not between ci_low - 1e-9 and ci_high + 1e-9, accuracy is not null)
    or least(accuracy, confidence, expected_calibration_error) < 0
    or greatest(accuracy, confidence, maximum_calibration_error) > 1 + 1e-9
    or not (abs(confidence - accuracy - overconfidence) < 1e-9)
    or not (
        expected_calibration_error
        between abs(overconfidence) - 1e-9 and maximum_calibration_error + 1e-9
    )
    or coalesce(calibration_error_by_chance not between 0 and calibration_error_chance_95, accuracy is not null)
    or calibration_error_chance_95 > 1 + 1e-9
