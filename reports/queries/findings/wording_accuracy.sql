-- wording_accuracy: Whether wordings differ by more than chance, set by set, by Cochran's Q
with tested as (
    select
        *,
        p_value < 0.05 as is_clear,
        count(*) over () as n_sets,
        count(*) filter (where p_value < 0.05) over () as n_clear
    from prompt_sensitivity
    where n_wordings > 1 and ensemble_accuracy is not null
),

lines as (
    select
        case
            when any_value(n_clear) = 0 then 'No wording is better than another beyond chance'
            when any_value(n_sets) = 1
                then
                    format(
                        'The wording moves the accuracy from {:.1f} to {}',
                        100 * any_value(accuracy_min),
                        as_percent(any_value(accuracy_max))
                    )
            else
                format(
                    'The wording matters beyond chance for {} of {} sweeps; at most {} points lie between two',
                    any_value(n_clear),
                    any_value(n_sets),
                    as_points(max(accuracy_spread) filter (where is_clear))
                )
        end as sentence,
        -1::double as spread,
        '' as encoder
    from tested
    having count(*) > 0
    union all
    select
        format(
            '{}, {}, {}: {} wordings from {:.1f} to {}; the ensemble {}. Spread {} points, by chance {} (p {}).',
            attribute,
            encoder,
            prompt_set,
            n_wordings,
            100 * accuracy_min,
            as_percent(accuracy_max),
            as_percent(ensemble_accuracy),
            as_points(accuracy_spread),
            as_points(chance_spread),
            if(p_value < 0.001, 'under 0.001', format('{:.3f}', p_value))
        ) as sentence,
        -accuracy_spread as spread,
        encoder
    from tested
    qualify
        row_number() over (
            order by
                accuracy_spread desc, encoder asc, prompt_set asc, attribute asc, dataset asc, split asc
        ) <= 4
)

select sentence
from lines
order by encoder <> '', spread, sentence
