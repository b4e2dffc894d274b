-- accuracy_by_group_in_range: each accuracy has its n, is n_correct / n_samples, and lies within its interval
-- audits: accuracy_by_group
-- reads: accuracy_by_group
-- todo: the view is wrong
select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    n_correct,
    accuracy,
    ci_low,
    ci_high
from accuracy_by_group
where
    n_samples is null
    or n_samples < 1
    or n_correct is null
    or not (n_correct between 0 and n_samples)
    or not (abs(accuracy - n_correct / n_samples) < 1e-9)
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
