-- k_sweep: Whether a k is better than another, by data set, split and attribute
with counted as (
    select
        dataset,
        split,
        attribute,
        count(*) as n_curves,
        count(*) filter (where verdict = 'clear') as n_clear,
        arg_max(
            format(
                'for {} {} k = {} is better than k = {}, by {} points',
                model,
                if(n_ks > 2, 'of ' || n_ks || ' ks', 'of both ks'),
                k_better,
                k_worse,
                as_points(difference)
            ),
            { 'difference': difference, 'model': model, 'prompt_set': prompt_set }
        ) filter (where verdict = 'clear') as clearest
    from k_choices
    group by all
),

places as (
    select
        *,
        count(*) over () > 1 as are_several,
        count(distinct { 'dataset': dataset, 'split': split }) over () > 1 as are_parts
    from counted
)

select
    concat(
        if(are_parts, concat_ws(', ', dataset, split) || ', ', ''),
        if(are_several, 'perceived ' || attribute || ': ', ''),
        case
            when n_clear = 0 and n_curves = 1 then 'no k is better than another beyond chance'
            when n_clear = 0 then format('no k is better than another beyond chance, for any of {} models', n_curves)
            when n_curves = 1 then 'k matters: ' || clearest
            else format('k matters for {} of {} models: {}', n_clear, n_curves, clearest)
        end
    ) as spoken,
    upper(spoken[1]) || spoken[2:] as sentence
from places
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
