-- label_counts: how many samples have each label
-- grain: dataset, split, attribute, label
-- units: fraction in [0, 1] of the samples of the data set and split which have a label of the attribute
-- reads: samples, labels
select
    samples.dataset,
    samples.split,
    labels.attribute,
    labels.label,
    count(*) as n_samples,
    count(*) / sum(count(*)) over (
        partition by samples.dataset, samples.split, labels.attribute
    ) as fraction
from samples
inner join labels using (sample_id)
where labels.label is not null
group by samples.dataset, samples.split, labels.attribute, labels.label
