-- reliability: Whether confidences are right: as far as the interval of the calibration error says
with overall as (
    select
        *,
        ci_low > 0 as is_clear,
        count(*) over () as n_all,
        count(*) filter (where ci_low > 0 and overconfidence > 0) over () as n_over,
        count(*) filter (where ci_low > 0 and overconfidence <= 0) over () as n_under
    from calibration
    where group_attribute = 'overall' and expected_calibration_error is not null
),

lines as (
    select
        case
            when any_value(n_over) + any_value(n_under) = 0
                then 'Confidence is off by no more than chance'
            when any_value(n_all) = 1 and any_value(n_over) = 1 then 'Surer than it is right'
            when any_value(n_all) = 1 then 'Less sure than it could be'
            else
                concat_ws(
                    ' and ',
                    if(any_value(n_over) > 0, format('Surer than right in {}', any_value(n_over)), null),
                    if(
                        any_value(n_under) > 0,
                        format(
                            '{} in {}',
                            if(any_value(n_over) > 0, 'less sure than right', 'Less sure than right'),
                            any_value(n_under)
                        ),
                        null
                    )
                ) || format(' of {} ways to pool', any_value(n_all))
        end as sentence,
        1::double as error
    from overall
    having count(*) > 0
    union all
    select
        format(
            '{}, {}, {}, {}: mean confidence {}, right in {}; off by {} points on average ({} to {}).',
            attribute,
            encoder,
            prompt_set,
            replace(aggregation, '_', ' '),
            as_percent(confidence),
            as_percent(accuracy),
            as_points(expected_calibration_error),
            as_points(ci_low),
            as_points(ci_high)
        ) as sentence,
        -expected_calibration_error as error
    from overall
    qualify
        row_number() over (
            order by
                expected_calibration_error desc, encoder asc, prompt_set asc, attribute asc, aggregation asc, dataset asc,
                split asc
        ) <= 3
)

select sentence
from lines
order by error desc, sentence asc
