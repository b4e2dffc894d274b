-- age_pyramid: how many cells of race, age and gender are too small for a rate
with sizes as (
    select
        dataset,
        split,
        count(distinct race) * count(distinct age) * count(distinct gender) as n_cells,
        count(*) as n_filled,
        count(*) filter (
            where
            n_samples >= (
                select value::bigint
                from settings
                where setting = 'min_samples'
            )
        ) as n_enough
    from age_pyramid
    group by all
)

select
    if(
        sum(n_cells) = sum(n_enough),
        format('All {:,} cells of race, age and gender have enough samples for a rate', sum(n_cells)::bigint),
        format(
            '{:,} of {:,} cells of race, age and gender have fewer than {} samples',
            (sum(n_cells) - sum(n_enough))::bigint,
            sum(n_cells)::bigint,
            (
                select value
                from settings
                where setting = 'min_samples'
            )
        )
    ) as sentence
from sizes
having count(*) > 0
