-- exact_duplicates: images of which several samples have the very same bytes
-- grain: image_id
-- units: n_label_conflicts counts the attributes of which these samples have different labels or values
-- reads: samples, label_conflicts
-- note: samples of all data sets and splits together; a sample without a label contradicts nobody
with conflicts as (
    select
        samples.image_id,
        count(distinct label_conflicts.attribute) as n_label_conflicts
    from label_conflicts
    inner join samples on label_conflicts.sample_id_a = samples.sample_id
    where label_conflicts.is_same_content
    group by samples.image_id
)

select
    samples.image_id,
    count(*) as n_samples,
    coalesce(any_value(conflicts.n_label_conflicts), 0) as n_label_conflicts
from samples
left join conflicts using (image_id)
where samples.image_id is not null
group by samples.image_id
having count(*) > 1
