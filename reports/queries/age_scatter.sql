-- age_scatter: Predicted against true age
-- text: How many samples of each true age were given which predicted age, both rounded down to a
-- multiple of 5 years. On the diagonal the two agree.
-- layout: blocks
-- head: true_age
-- show: shown
-- fold: yes
select
    samples.dataset,
    samples.split,
    classifiers.attribute,
    classifiers.name as classifier,
    (floor(known_number(labels.value) / 5) * 5)::integer as true_age,
    (floor(known_number(predictions.value) / 5) * 5)::integer as predicted_age,
    count(*) as n_samples
from predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
inner join labels using (sample_id, attribute)
where known_number(predictions.value) is not null and known_number(labels.value) is not null
group by all
order by
    samples.dataset,
    samples.split,
    classifiers.attribute,
    classifiers.name,
    true_age,
    predicted_age
