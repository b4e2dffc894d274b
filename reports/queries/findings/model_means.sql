-- model_means: Which model is best on average over data sets, and whether it is the best on each
with parts as (
    select
        *,
        row_number() over (partition by attribute, dataset, split order by accuracy desc, model asc) as place_here
    from model_means
    where place is not null
),

firsts as (
    select
        attribute,
        max(n_all_parts) as n_parts,
        count(distinct model) as n_models,
        any_value(model) filter (where place = 1) as model,
        any_value(mean_accuracy) filter (where place = 1) as mean_accuracy,
        count(*) filter (where place = 1 and place_here = 1) as n_first,
        count(*) filter (where place = 1) as n_judged,
        min(accuracy) filter (where place = 1) as lowest,
        max(accuracy) filter (where place = 1) as highest
    from parts
    group by all
)

select
    format(
        '{}{}: {} on average, from {:.1f} to {} over {} data sets{}',
        if(count(*) over () > 1, upper(attribute[1]) || attribute[2:] || ', ', ''),
        model,
        as_percent(mean_accuracy),
        100 * lowest,
        as_percent(highest),
        n_judged,
        if(n_models > 1, format(', first on {} of them', n_first), '')
    ) as sentence
from firsts
order by list_position(['gender', 'race', 'age'], attribute), attribute
