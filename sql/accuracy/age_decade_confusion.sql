-- age_decade_confusion: in which decades the ages of each decade are predicted
-- grain: classifier, dataset, split, decade, predicted_decade
-- units: a decade is its first year, 30 for 30.0 to below 40; fraction_of_decade is in [0, 1] and sums to
-- 1 over a decade
-- reads: predictions, classifiers, samples, labels, known_number
-- note: of numbers, true and predicted, not of classes of ages; pairs that do not occur have no row; ages
-- predicted below 0 count as 0
with decades as (
    select
        classifiers.name as classifier,
        samples.dataset,
        samples.split,
        (floor(known_number(labels.value) / 10) * 10)::integer as decade,
        (floor(greatest(known_number(predictions.value), 0) / 10) * 10)::integer as predicted_decade
    from predictions
    inner join classifiers using (classifier_id)
    inner join samples using (sample_id)
    inner join labels using (sample_id, attribute)
    where
        classifiers.attribute = 'age'
        and known_number(predictions.value) is not null
        and known_number(labels.value) is not null
)

select
    classifier,
    dataset,
    split,
    decade,
    predicted_decade,
    count(*) as n_samples,
    count(*) / sum(count(*)) over (
        partition by classifier, dataset, split, decade
    ) as fraction_of_decade
from decades
group by classifier, dataset, split, decade, predicted_decade
