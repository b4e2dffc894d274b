-- prompt_slopes: What an ensemble of prompts gains over one prompt, and which groups surely gain or lose
with models as (
    select
        dataset,
        split,
        attribute,
        count(*) as n_models,
        count(*) filter (where verdict = 'better') as n_better,
        count(*) filter (where verdict = 'worse') as n_worse,
        min(difference) filter (where verdict = 'better') as least,
        max(difference) filter (where verdict = 'better') as most
    from prompt_slopes
    where group_attribute = 'overall'
    group by all
),

spoken as (
    select
        0 as place,
        dataset,
        split,
        attribute,
        case
            when n_better = 0 and n_worse = 0 then 'An ensemble is no better than one prompt beyond chance'
            when n_better = 0
                then format('The ensemble is worse than one prompt for {} of {} models', n_worse, n_models)
            else
                format(
                    'An ensemble gains {} points over one prompt{}{}',
                    if(
                        as_points(least) = as_points(most),
                        as_points(least),
                        as_points(least) || ' to ' || as_points(most)
                    ),
                    if(n_models = 1, '', format(', for {} of {} models', n_better, n_models)),
                    if(n_worse = 0, '', format(', and loses for {}', n_worse))
                )
        end as words
    from models
    union all
    select
        1 as place,
        dataset,
        split,
        attribute,
        format(
            '{}: {}',
            model,
            case
                when count(*) filter (where verdict <> 'may be chance') = 0
                    then 'for no single group is the difference surely more than chance.'
                else
                    string_agg(
                        format(
                            '{} {} ({} points)',
                            group_words(group_attribute, group_name),
                            if(difference > 0, 'gain', 'lose'),
                            as_points(abs(difference))
                        ),
                        '; ' order by difference desc, group_name asc
                    ) filter (where verdict <> 'may be chance') || '.'
            end
        ) as words
    from prompt_slopes
    where group_attribute <> 'overall'
    group by dataset, split, attribute, model
),

parts as (
    select
        *,
        count(distinct attribute) over () > 1 as are_attributes,
        count(distinct { 'dataset': dataset, 'split': split }) over () > 1 as are_parts
    from spoken
)

select
    concat(
        if(are_parts, concat_ws(', ', dataset, split) || ': ', ''),
        if(are_attributes, upper(attribute[1]) || attribute[2:] || ': ', ''),
        words
    ) as sentence
from parts
order by place, dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute, words
limit 12
