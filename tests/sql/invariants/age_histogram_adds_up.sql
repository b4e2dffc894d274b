-- age_histogram_adds_up: bins add up to the samples whose age is known in years, and their fractions to 1
-- audits: age_histogram
-- reads: age_histogram, samples, labels
-- todo: the view is wrong
with aged as (
    select
        samples.dataset,
        samples.split,
        count(*) as n_found
    from labels
    inner join samples on labels.sample_id = samples.sample_id
    where labels.attribute = 'age' and labels.value is not null
    group by samples.dataset, samples.split
),

sums as (
    select
        dataset,
        split,
        sum(n_samples) as n_samples,
        sum(fraction) as fraction,
        min(age_from) as youngest
    from age_histogram(5)
    group by dataset, split
)

select
    coalesce(aged.dataset, sums.dataset) as dataset,
    coalesce(aged.split, sums.split) as split,
    sums.n_samples,
    aged.n_found,
    sums.fraction,
    sums.youngest
from aged
full outer join sums
    on
        aged.dataset = sums.dataset
        and aged.split is not distinct from sums.split
where
    aged.n_found is distinct from sums.n_samples
    or not coalesce(abs(sums.fraction - 1) < 1e-9, false)
    or sums.youngest < 0
