-- prompt_sensitivity_in_range: the spread over the wordings is max - min, and all of it lies in [0, 1]
-- audits: prompt_sensitivity
-- reads: prompt_sensitivity
-- todo: the view is wrong
select
    encoder_id,
    prompt_set,
    attribute,
    dataset,
    split,
    n_samples,
    accuracy_min,
    accuracy_max,
    accuracy_spread,
    accuracy_sd,
    interval_width,
    ensemble_accuracy
from prompt_sensitivity
where
    n_samples is null
    or n_samples < 1
    or not (accuracy_min between 0 and 1)
    or not (accuracy_max between accuracy_min and 1)
    or not (abs(accuracy_max - accuracy_min - accuracy_spread) < 1e-9)
    or not (ensemble_accuracy between 0 and 1)
    or least(accuracy_sd, interval_width) < 0
    or greatest(accuracy_sd, interval_width) > 1
