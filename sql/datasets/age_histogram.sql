-- age_histogram(width): how many samples are in each bin of ages in years
-- grain: dataset, split, age_from
-- units: age_from and age_to in whole years, both within the bin; fraction in [0, 1] of the samples of the
-- data set and split whose age is known in years
-- reads: samples, labels, known_number
-- note: width in years, such as 1, 5 or 10; bins without a sample are not here
with bins as (
    select
        samples.dataset,
        samples.split,
        (floor(known_number(labels.value) / width) * width)::integer as age_from
    from samples
    inner join labels using (sample_id)
    where
        labels.attribute = 'age'
        and known_number(labels.value) is not null
        and if(
            width >= 1 and width = floor(width),
            true,
            error('width must be a whole number of years from 1 on, not ' || coalesce(width::varchar, 'NULL'))
        )
)

select
    dataset,
    split,
    age_from,
    (age_from + width - 1)::integer as age_to,
    count(*) as n_samples,
    count(*) / sum(count(*)) over (partition by dataset, split) as fraction
from bins
group by dataset, split, age_from
