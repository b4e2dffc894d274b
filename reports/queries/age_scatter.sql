-- age_scatter: Predicted against true age
-- text: How many samples of each true age were given which predicted age, both rounded down to a
-- multiple of 5 years: the larger a circle, the more samples. On the diagonal the two agree. Dots are the mean predicted age of
-- a true age, with its 95 % interval after Student.
-- empty: No classifier predicts ages in years.
-- layout: blocks
-- head: true_age
-- show: shown
-- fold: yes
with aged as (
    select
        samples.dataset,
        samples.split,
        classifiers.attribute,
        classifiers.name as classifier,
        (floor(known_number(labels.value) / 5) * 5)::integer as true_age,
        known_number(predictions.value) as predicted
    from predictions
    inner join classifiers using (classifier_id)
    inner join samples using (sample_id)
    inner join labels using (sample_id, attribute)
    where known_number(predictions.value) is not null and known_number(labels.value) is not null
),

means as (
    select
        * exclude (predicted),
        count(*) as n_of_age,
        avg(predicted) as mean_predicted,
        t_975(count(*) - 1) * stddev_samp(predicted) / sqrt(count(*)) as reach
    from aged
    group by all
),

cells as (
    select
        * exclude (predicted),
        (floor(predicted / 5) * 5)::integer as predicted_age,
        count(*) as n_samples
    from aged
    group by all
)

select
    cells.*,
    means.n_of_age,
    means.mean_predicted,
    means.mean_predicted - means.reach as ci_low_mean,
    means.mean_predicted + means.reach as ci_high_mean
from cells
inner join means
    on
        cells.dataset = means.dataset
        and cells.split is not distinct from means.split
        and cells.classifier = means.classifier
        and cells.true_age = means.true_age
order by
    cells.dataset,
    cells.split,
    cells.attribute,
    cells.classifier,
    cells.true_age,
    cells.predicted_age
