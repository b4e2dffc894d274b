-- top_n_accuracy_grows: a label among the first two classes is at least as frequent as one at the first place
-- audits: top_n_accuracy
-- reads: top_n_accuracy
-- todo: the view is wrong
select
    two.aggregation,
    two.encoder_id,
    two.prompt_set,
    two.attribute,
    two.dataset,
    two.split,
    two.group_attribute,
    two.group_name,
    two.n_samples,
    one.n_correct as n_correct_of_1,
    two.n_correct as n_correct_of_2,
    two.accuracy,
    two.ci_low,
    two.ci_high
from top_n_accuracy(2) as two
left join top_n_accuracy(1) as one
    on
        two.aggregation = one.aggregation
        and two.encoder_id = one.encoder_id
        and two.prompt_set = one.prompt_set
        and two.attribute = one.attribute
        and two.dataset = one.dataset
        and two.split is not distinct from one.split
        and two.group_attribute = one.group_attribute
        and two.group_name = one.group_name
where
    one.n_samples is distinct from two.n_samples
    or two.n_samples < 1
    or coalesce(two.n_effective not between 1 - 1e-9 and two.n_samples + 1e-9, true)
    or not (two.n_correct between one.n_correct and two.n_samples)
    or not (two.ci_low between 0 and two.accuracy + 1e-9)
    or not (two.ci_high between two.accuracy - 1e-9 and 1)
