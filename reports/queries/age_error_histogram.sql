-- title: Histogram of errors
-- text: How many predictions miss the true age by how much: predicted minus true, in bins of 2 years
-- that start at error from.
-- layout: blocks
-- head: error_from
-- show: shown
-- fold: yes
select
    samples.dataset,
    samples.split,
    classifiers.attribute,
    classifiers.name as classifier,
    (floor((predictions.value - labels.value) / 2) * 2)::integer as error_from,
    count(*) as n_samples
from predictions
inner join classifiers on predictions.classifier_id = classifiers.classifier_id
inner join samples on predictions.sample_id = samples.sample_id
inner join labels
    on
        predictions.sample_id = labels.sample_id
        and classifiers.attribute = labels.attribute
where predictions.value is not null and labels.value is not null
group by samples.dataset, samples.split, classifiers.attribute, classifiers.name, error_from
order by samples.dataset, samples.split, classifiers.attribute, classifiers.name, error_from
