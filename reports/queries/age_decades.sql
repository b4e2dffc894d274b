-- age_decades: Bias by decade
-- text: Errors by the decade of the true age: models pull extremes to the middle, so children come out
-- too old and old people too young. bias is the mean of predicted minus true, in years, of n samples, with its 95 %
-- interval after Student; mae the mean of its size.
-- empty: No classifier predicts ages in years.
-- layout: blocks
-- head: decade
select
    samples.dataset,
    samples.split,
    classifiers.attribute,
    classifiers.name as classifier,
    (floor(known_number(labels.value) / 10) * 10)::integer as decade,
    count(*) as n_samples,
    avg(abs(known_number(predictions.value) - known_number(labels.value))) as mae,
    avg(known_number(predictions.value) - known_number(labels.value)) as bias,
    bias
    - t_975(count(*) - 1) * stddev_samp(known_number(predictions.value) - known_number(labels.value))
    / sqrt(count(*)) as ci_low_bias,
    bias
    + t_975(count(*) - 1) * stddev_samp(known_number(predictions.value) - known_number(labels.value))
    / sqrt(count(*)) as ci_high_bias
from predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
inner join labels using (sample_id, attribute)
where known_number(predictions.value) is not null and known_number(labels.value) is not null
group by all
order by samples.dataset, samples.split, classifiers.attribute, classifiers.name, decade
