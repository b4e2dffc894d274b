-- diff_labels: Labels which changed
-- text: Samples of both stores with another label after than before, in counts. A dash is no label.
-- empty: No label of a sample of both stores changed.
-- head: attribute
-- with: pairs
with labels_before as (
    select
        pairs.sample_id_after,
        labels.attribute,
        labels.label,
        labels.value
    from pairs
    inner join other.labels as labels on pairs.sample_id_before = labels.sample_id
),

labels_after as (
    select
        pairs.sample_id_after,
        labels.attribute,
        labels.label,
        labels.value
    from pairs
    inner join labels on pairs.sample_id_after = labels.sample_id
)

select
    samples.dataset,
    coalesce(after.attribute, before.attribute) as attribute,
    before.label as label_before,
    after.label as label_after,
    count(*) as n_samples,
    count(*) filter (where before.value is distinct from after.value) as n_other_value
from labels_before as before
full join labels_after as after using (sample_id_after, attribute)
inner join samples
    on coalesce(after.sample_id_after, before.sample_id_after) = samples.sample_id
where
    before.label is distinct from after.label
    or before.value is distinct from after.value
group by all
order by samples.dataset asc, attribute asc, n_samples desc, before.label asc, after.label asc
