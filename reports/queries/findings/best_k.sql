-- best_k: Whether two halves of the faces choose the same k, and what each choice is worth on the other half
with choices as (
    select
        *,
        count(distinct prompt_set) over (partition by attribute, dataset, split, model) > 1 as are_sets,
        count(distinct attribute) over () > 1 as are_attributes,
        count(distinct { 'dataset': dataset, 'split': split }) over () > 1 as are_parts,
        row_number() over (
            order by
                dataset asc, split asc, list_position(['gender', 'race', 'age'], attribute) asc, attribute asc,
                accuracy_max desc, model asc, prompt_set asc
        ) as place
    from k_choices
    where held_out_accuracy is not null
),

lines as (
    select
        0 as place,
        case
            when count(*) filter (where k_of_first_half <> k_of_second_half) = 0
                then 'Two halves of the faces choose the same k'
            when count(*) > 1 and count(*) filter (where k_of_first_half = k_of_second_half) = 0
                then
                    format(
                        'Two halves of the faces choose different ks for all {} models: the best k is mostly noise',
                        count(*)
                    )
            when count(*) = 1 then 'Two halves of the faces choose different ks: the best k is mostly noise'
            else
                format(
                    'Two halves of the faces choose different ks for {} of {} models: there the best k is mostly noise',
                    count(*) filter (where k_of_first_half <> k_of_second_half),
                    count(*)
                )
        end as sentence
    from choices
    having count(*) > 0
    union all
    select
        place,
        concat(
            if(are_parts, concat_ws(', ', dataset, split) || ', ', ''),
            if(are_attributes, attribute || ', ', ''),
            model,
            if(are_sets, ', ' || prompt_set, ''),
            format(
                ': k = {} by one half, {} by the other; {} ({:.1f} to {:.1f}) on the faces that did not choose, {} on '
                'those that did (k = {}).',
                k_of_first_half,
                k_of_second_half,
                as_percent(held_out_accuracy),
                100 * ci_low,
                100 * ci_high,
                as_percent(accuracy_max),
                k_max
            )
        ) as sentence
    from choices
    where place <= 6
    union all
    select
        7 as place,
        format('These are the first 6 of {}; the table has all.', count(*)) as sentence
    from choices
    having count(*) > 6
)

select sentence
from lines
order by place
