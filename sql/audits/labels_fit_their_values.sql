-- labels_fit_their_values: the value of a label is a finite number within the range of its class, an age one from 0 to 1e9
-- audits: labels, classes
-- reads: labels, classes
-- todo: import the labels of these samples again
select
    labels.sample_id,
    labels.attribute,
    labels.label,
    labels.value,
    classes.low,
    classes.high
from labels
left join classes
    on
        labels.attribute = classes.attribute
        and labels.label = classes.class
where
    not isfinite(labels.value)
    or floor(labels.value) < classes.low
    or floor(labels.value) > classes.high
    or (labels.label is null and labels.value is null)
    -- views count ages in whole years
    or (labels.attribute = 'age' and not labels.value between 0 and 1e9)
