-- group_rates: The class whose groups differ most in being found, or in being taken for
with widest as (
    select *
    from rate_gaps
    where measure in ('true_positive_rate', 'false_positive_rate') and not contains(group_attribute, ' x ')
    qualify
        row_number() over (
            partition by classifier, dataset, split
            order by ci_low desc, gap desc, class asc, group_attribute asc
        ) = 1
)

select
    classifier,
    if(
        ci_low > 0,
        format(
            -- the rates are of those with the label, or of those without it, and not of the whole group
            'Of those {} {}, {} of {} are called so, {} points more than of {} ({} to {})',
            if(measure = 'true_positive_rate', 'labelled', 'not labelled'),
            class,
            as_percent(rate_max),
            group_words(group_attribute, highest_group),
            as_points(gap),
            group_words(group_attribute, lowest_group),
            as_points(ci_low),
            as_points(ci_high)
        ),
        format('Perceived {}: no gap of rates that chance could not make', attribute)
    ) as sentence
from widest
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc
