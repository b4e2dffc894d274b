-- age_errors_hold: errors in years have their n, the mean error is at most the mean absolute one, shares are in [0, 1]
-- audits: age_errors, age_errors_within
-- reads: age_errors
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    mae,
    bias,
    within_8_years,
    ci_low,
    ci_high
from age_errors
where
    n_samples is null
    or n_samples < 1
    or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
    or not (mae >= 0 and isfinite(mae))
    or not (abs(bias) <= mae + 1e-9)
    or not (within_8_years between 0 and 1)
    or not (ci_low between 0 and within_8_years + 1e-9)
    or not (ci_high between within_8_years - 1e-9 and 1)
