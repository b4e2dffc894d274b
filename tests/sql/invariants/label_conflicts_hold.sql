-- label_conflicts_hold: both labels are those of the samples, and differ
-- audits: label_conflicts
-- reads: label_conflicts, labels
-- todo: the view is wrong
select
    label_conflicts.attribute,
    label_conflicts.sample_id_a,
    label_conflicts.label_a,
    label_conflicts.sample_id_b,
    label_conflicts.label_b,
    label_conflicts.years_apart
from label_conflicts
left join labels as one
    on
        label_conflicts.sample_id_a = one.sample_id
        and label_conflicts.attribute = one.attribute
left join labels as two
    on
        label_conflicts.sample_id_b = two.sample_id
        and label_conflicts.attribute = two.attribute
where
    one.sample_id is null
    or two.sample_id is null
    or label_conflicts.label_a is distinct from one.label
    or label_conflicts.label_b is distinct from two.label
    or label_conflicts.years_apart is distinct from abs(one.value - two.value)
    or (
        label_conflicts.label_a is not distinct from label_conflicts.label_b
        and not coalesce(label_conflicts.years_apart > 0, false)
    )
