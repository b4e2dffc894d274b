-- sample_labels_complete: every label of a sample is in sample_labels once, with a taxonomy
-- audits: sample_labels, label_taxonomies
-- reads: sample_labels, samples, labels
-- todo: the view is wrong
select
    labels.sample_id,
    labels.attribute,
    labels.label,
    sample_labels.label as label_found,
    sample_labels.taxonomy
from labels
inner join samples on labels.sample_id = samples.sample_id
left join sample_labels
    on
        labels.sample_id = sample_labels.sample_id
        and labels.attribute = sample_labels.attribute
where
    labels.label is distinct from sample_labels.label
    or (labels.label is not null and sample_labels.taxonomy is null)
