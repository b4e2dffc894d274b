-- sample_labels: the labels of every sample, with where it belongs and the taxonomy of its data set
-- grain: sample, attribute
-- units: names; value is a number where one is known, for ages in years
-- reads: samples, labels, label_taxonomies
-- note: a sample without a label of the attribute is not here
select
    labels.sample_id,
    samples.dataset,
    samples.split,
    samples.path,
    labels.attribute,
    label_taxonomies.taxonomy,
    labels.label,
    labels.value
from labels
inner join samples using (sample_id)
inner join label_taxonomies using (dataset, attribute)
where labels.label is not null
