-- best_k_agrees: the best k has the highest accuracy of its sweep, and the honest one lies in [0, 1], within its interval
-- audits: best_k
-- reads: best_k, k_sweep
-- todo: the view is wrong
with sweeps as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        max(n_samples) as n_samples,
        max(accuracy) as accuracy
    from k_sweep
    group by encoder_id, prompt_set, attribute, dataset, split
)

select
    coalesce(best_k.encoder_id, sweeps.encoder_id) as encoder_id,
    coalesce(best_k.prompt_set, sweeps.prompt_set) as prompt_set,
    coalesce(best_k.attribute, sweeps.attribute) as attribute,
    coalesce(best_k.dataset, sweeps.dataset) as dataset,
    coalesce(best_k.split, sweeps.split) as split,
    best_k.k,
    best_k.n_samples,
    sweeps.n_samples as n_samples_of_sweep,
    best_k.accuracy,
    sweeps.accuracy as accuracy_of_sweep,
    best_k.held_out_accuracy,
    best_k.ci_low,
    best_k.ci_high
from best_k
full outer join sweeps
    on
        best_k.encoder_id = sweeps.encoder_id
        and best_k.prompt_set = sweeps.prompt_set
        and best_k.attribute = sweeps.attribute
        and best_k.dataset = sweeps.dataset
        and best_k.split is not distinct from sweeps.split
where
    best_k.n_samples is distinct from sweeps.n_samples
    or not (abs(best_k.accuracy - sweeps.accuracy) < 1e-9)
    or coalesce(best_k.n_effective not between 1 - 1e-9 and best_k.n_samples + 1e-9, true)
    or not (best_k.held_out_accuracy between 0 and 1)
    or not (best_k.ci_low between 0 and best_k.held_out_accuracy + 1e-9)
    or not (best_k.ci_high between best_k.held_out_accuracy - 1e-9 and 1)
