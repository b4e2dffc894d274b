-- k_sweep_holds: every k of a sweep from 1 on is judged on the same samples; accuracies lie in [0, 1], within their intervals
-- audits: k_sweep
-- reads: k_sweep
-- todo: the view is wrong
with sweeps as (
    select
        *,
        max(n_samples) over sweep as n_samples_largest,
        max(k) over sweep as k_largest,
        count(distinct k) over sweep as n_ks
    from k_sweep
    window sweep as (partition by encoder_id, prompt_set, attribute, dataset, split)
)

select
    encoder_id,
    prompt_set,
    attribute,
    dataset,
    split,
    k,
    k_largest,
    n_ks,
    n_samples,
    n_samples_largest,
    accuracy,
    balanced_accuracy,
    ci_low,
    ci_high
from sweeps
where
    n_samples is null
    or n_samples < 1
    or n_samples <> n_samples_largest
    or n_ks <> k_largest
    or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
    or not (balanced_accuracy between 0 and 1)
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
    or not (accuracy between 0 and 1)
