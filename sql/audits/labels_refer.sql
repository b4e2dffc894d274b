-- labels_refer: every label belongs to a sample and is a class of its attribute
-- audits: labels, samples, classes
-- reads: labels, samples, classes
-- todo: import the labels again, with --new-classes where a class is new
select
    labels.sample_id,
    labels.attribute,
    labels.label,
    if(samples.sample_id is null, 'unknown sample', 'unknown class') as problem
from labels
left join samples on labels.sample_id = samples.sample_id
left join classes
    on
        labels.attribute = classes.attribute
        and labels.label = classes.class
where
    samples.sample_id is null
    or (labels.label is not null and classes.class is null)
