-- age_error_histogram: Histogram of errors
-- text: How many predictions miss the true age by how much: predicted minus true, in bins of 2 years
-- that start at error from.
-- empty: No classifier predicts ages in years.
-- layout: blocks
-- head: error_from
-- show: shown
-- fold: yes
select
    samples.dataset,
    samples.split,
    classifiers.attribute,
    classifiers.name as classifier,
    (floor((known_number(predictions.value) - known_number(labels.value)) / 2) * 2)::integer as error_from,
    count(*) as n_samples
from predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
inner join labels using (sample_id, attribute)
where known_number(predictions.value) is not null and known_number(labels.value) is not null
group by all
order by samples.dataset, samples.split, classifiers.attribute, classifiers.name, error_from
