-- wording_accuracy_in_range: the accuracy of a wording has its n and lies within its interval
-- audits: wording_accuracy, prompt_wordings
-- reads: wording_accuracy
-- todo: the view is wrong
select
    encoder_id,
    prompt_set,
    attribute,
    dataset,
    split,
    wording,
    n_samples,
    n_correct,
    accuracy,
    ci_low,
    ci_high
from wording_accuracy
where
    n_samples is null
    or n_samples < 1
    or n_correct is null
    or coalesce(n_effective not between 1 - 1e-9 and n_samples + 1e-9, true)
    or not (n_correct between 0 and n_samples)
    or not (abs(accuracy - n_correct / n_samples) < 1e-9)
    or not (ci_low between 0 and accuracy + 1e-9)
    or not (ci_high between accuracy - 1e-9 and 1)
