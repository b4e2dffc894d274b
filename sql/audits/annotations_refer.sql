-- annotations_refer: every annotation is of a sample and a class of its attribute, and attributes that have an order have classes
-- audits: annotations, ordered_attributes, samples, classes
-- reads: annotations, ordered_attributes, samples, classes
-- todo: import the annotations again, with --new-classes where a class is new
select
    annotations.sample_id,
    annotations.attribute,
    annotations.label,
    if(samples.sample_id is null, 'unknown sample', 'unknown class') as problem
from annotations
left join samples on annotations.sample_id = samples.sample_id
left join classes
    on
        annotations.attribute = classes.attribute
        and annotations.label = classes.class
where
    samples.sample_id is null
    or classes.class is null
union all
select
    null as sample_id,
    ordered_attributes.attribute,
    null as label,
    'no classes' as problem
from ordered_attributes
anti join classes using (attribute)
