-- measured_figures_in_range: every figure has its n and lies in [-1, 1], an accuracy within its interval
-- audits: measured_figures
-- reads: measured_figures
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    metric,
    n_samples,
    value,
    ci_low,
    ci_high
from measured_figures
where
    (value is not null and coalesce(n_samples, 0) < 1)
    or not (value between -1 and 1 + 1e-9)
    or not (ci_low between 0 and value + 1e-9)
    or not (ci_high between value - 1e-9 and 1)
