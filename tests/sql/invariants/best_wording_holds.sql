-- best_wording_holds: the best wording is that of prompt_sensitivity, and its held-out accuracy lies in [0, 1], within its interval
-- audits: best_wording
-- reads: best_wording, prompt_sensitivity
-- todo: the view is wrong
select
    coalesce(best.encoder_id, sensitivity.encoder_id) as encoder_id,
    coalesce(best.prompt_set, sensitivity.prompt_set) as prompt_set,
    coalesce(best.attribute, sensitivity.attribute) as attribute,
    coalesce(best.dataset, sensitivity.dataset) as dataset,
    coalesce(best.split, sensitivity.split) as split,
    best.wording,
    best.n_wordings,
    best.accuracy,
    best.held_out_accuracy,
    best.ci_low,
    best.ci_high,
    sensitivity.best_wording
from best_wording as best
full outer join prompt_sensitivity as sensitivity
    on
        best.encoder_id = sensitivity.encoder_id
        and best.prompt_set = sensitivity.prompt_set
        and best.attribute = sensitivity.attribute
        and best.dataset = sensitivity.dataset
        and best.split is not distinct from sensitivity.split
where
    best.wording is distinct from sensitivity.best_wording
    or best.n_wordings is distinct from sensitivity.n_wordings
    or (best.n_effective is null) <> (best.held_out_accuracy is null)
    or not (best.n_effective between 1 - 1e-9 and best.n_samples + 1e-9)
    or not (abs(best.accuracy - sensitivity.accuracy_max) < 1e-9)
    or not (best.held_out_accuracy between 0 and 1)
    or not (best.ci_low between 0 and best.held_out_accuracy + 1e-9)
    or not (best.ci_high between best.held_out_accuracy - 1e-9 and 1)
