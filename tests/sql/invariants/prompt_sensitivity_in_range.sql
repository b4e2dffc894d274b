-- prompt_sensitivity_in_range: the spread over the wordings is max - min, all of it lies in [0, 1], several are tested
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
    chance_spread,
    cochran_q,
    p_value,
    n_paired,
    ensemble_accuracy
from prompt_sensitivity
where
    n_samples is null
    or n_samples < 1
    or not (accuracy_min between 0 and 1)
    or not (accuracy_max between accuracy_min and 1)
    or not (abs(accuracy_max - accuracy_min - accuracy_spread) < 1e-9)
    or not (ensemble_accuracy between 0 and 1)
    or least(accuracy_sd, chance_spread, cochran_q, p_value) < 0
    or greatest(accuracy_sd, chance_spread, p_value) > 1
    or n_paired > n_samples
    or (n_effective is null) <> (p_value is null)
    or not (n_effective between 1 - 1e-9 and n_paired + 1e-9)
    -- a test where several wordings have samples in common, and nowhere else
    or (cochran_q = 0 and p_value <> 1)
    or coalesce(n_paired > 0, false) is distinct from (p_value is not null)
    or (p_value is not null and n_wordings < 2)
