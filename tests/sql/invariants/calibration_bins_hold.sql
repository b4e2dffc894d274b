-- calibration_bins_hold: bins have their n, their confidence lies between their ends, the accuracy within its interval
-- audits: calibration_bins
-- reads: calibration_bins
-- todo: the view is wrong
select
    aggregation,
    encoder_id,
    prompt_set,
    attribute,
    dataset,
    split,
    group_attribute,
    group_name,
    bin,
    n_samples,
    n_correct,
    confidence,
    accuracy,
    ci_low,
    ci_high
from calibration_bins
where
    n_samples is null
    or n_samples < 1
    or n_correct is null
    or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
    or not (n_correct between 0 and n_samples)
    or not (bin between 1 and 15)
    or not (confidence between confidence_from - 1e-9 and confidence_to + 1e-9)
    or not (abs(accuracy - n_correct / n_samples) < 1e-9)
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
