-- labels_fit_their_values: the value of a label is a finite number within the range of its class
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
