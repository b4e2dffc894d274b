-- annotations_are_whole: an annotator says one thing of a sample, a class is counted once, and nobody is counted beside his name
-- audits: annotations
-- reads: annotations
-- todo: import the annotations of these samples again, with --replace
select
    sample_id,
    attribute,
    annotator,
    count(*) as n_rows,
    'several labels of one annotator' as problem
from annotations
where annotator is not null
group by sample_id, attribute, annotator
having count(*) > 1
union all
select
    sample_id,
    attribute,
    label as annotator,
    count(*) as n_rows,
    'a class counted twice' as problem
from annotations
where annotator is null
group by sample_id, attribute, label
having count(*) > 1
union all
select
    sample_id,
    attribute,
    min(annotator) as annotator,
    count(*) as n_rows,
    'counts and names' as problem
from annotations
group by sample_id, attribute
having count(annotator) > 0 and count(annotator) < count(*)
union all
select
    sample_id,
    attribute,
    annotator,
    1 as n_rows,
    'an annotator without a name' as problem
from annotations
where trim(annotator) = ''
