-- k_choices_hold: the best k has the highest accuracy of its curve, the honest one lies in its interval, and k matters only
-- where a test says so
-- audits: k_choices
-- reads: k_choices, k_curves
-- todo: the view is wrong
with curves as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        count(*) as n_ks,
        max(n_samples) as n_samples,
        min(accuracy) as accuracy_min,
        max(accuracy) as accuracy_max,
        list(k) as ks
    from k_curves
    where group_attribute = 'overall' and n_ks > 1
    group by all
)

select
    coalesce(choices.encoder_id, curves.encoder_id) as encoder_id,
    coalesce(choices.prompt_set, curves.prompt_set) as prompt_set,
    coalesce(choices.attribute, curves.attribute) as attribute,
    choices.k_min,
    choices.k_max,
    choices.verdict
from k_choices as choices
full outer join curves
    on
        choices.encoder_id = curves.encoder_id
        and choices.prompt_set = curves.prompt_set
        and choices.attribute = curves.attribute
        and choices.dataset = curves.dataset
        and choices.split is not distinct from curves.split
where
    choices.n_ks is distinct from curves.n_ks
    or choices.n_samples is distinct from curves.n_samples
    or choices.accuracy_min is distinct from curves.accuracy_min
    or choices.accuracy_max is distinct from curves.accuracy_max
    or not list_has_all(curves.ks, [choices.k_min, choices.k_max, choices.k_better, choices.k_worse])
    or not (
        choices.held_out_accuracy is null
        or list_has_all(curves.ks, [choices.k_of_first_half, choices.k_of_second_half])
    )
    or not (choices.held_out_accuracy between 0 and 1)
    or not (choices.ci_low between 0 and choices.held_out_accuracy + 1e-9)
    or not (choices.ci_high between choices.held_out_accuracy - 1e-9 and 1)
    or not coalesce(choices.difference between 0 and 1, false)
    or not (choices.p_value between 0 and 1)
    or choices.verdict not in ('clear', 'may be chance')
    or (choices.verdict = 'clear' and coalesce(choices.p_value >= 0.05, choices.source = 'predictions'))
    or (choices.verdict = 'may be chance' and choices.p_value < 0.05)
