-- current_label_counts(of_all): how many samples have each label, counted now
-- grain: dataset, split, attribute, label
-- units: counts of samples
-- reads: datasets_to_count, samples, labels
select
    samples.dataset,
    samples.split,
    labels.attribute,
    labels.label,
    count(*) as n_samples
from samples
semi join datasets_to_count(of_all) as asked on samples.dataset = asked.dataset
inner join labels on samples.sample_id = labels.sample_id
where labels.label is not null
group by all
