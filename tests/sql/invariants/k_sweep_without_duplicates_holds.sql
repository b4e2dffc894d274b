-- k_sweep_without_duplicates_holds: raw figures are those of k_sweep; as many samples are removed for every k
-- audits: k_sweep_without_duplicates
-- reads: k_sweep_without_duplicates, k_sweep
-- todo: the view is wrong
select
    found.encoder_id,
    found.prompt_set,
    found.attribute,
    found.dataset,
    found.split,
    found.k,
    found.n_samples_raw,
    found.n_removed,
    found.n_samples_dedup,
    found.accuracy_raw,
    found.accuracy_dedup
from k_sweep_without_duplicates as found
left join k_sweep
    on
        found.encoder_id = k_sweep.encoder_id
        and found.prompt_set = k_sweep.prompt_set
        and found.attribute = k_sweep.attribute
        and found.dataset = k_sweep.dataset
        and found.split is not distinct from k_sweep.split
        and found.k = k_sweep.k
where
    found.n_samples_raw is distinct from k_sweep.n_samples
    or not coalesce(abs(found.accuracy_raw - k_sweep.accuracy) < 1e-9, false)
    or not coalesce(found.n_samples_raw - found.n_removed = found.n_samples_dedup, false)
    or not coalesce(found.n_removed between 0 and found.n_samples_raw, false)
    or (found.accuracy_dedup is null) <> (found.n_samples_dedup = 0)
    or not (found.accuracy_dedup between 0 and 1)
    or not (found.ci_low between 0 and found.accuracy_dedup + 1e-9)
    or not (found.ci_high between found.accuracy_dedup - 1e-9 and 1)
