-- conditional_gaps: The largest gap of each main classifier that stays among samples that are alike otherwise
with given_most as (
    select *
    from conditional_gaps
    where not contains(group_attribute, ' x ') and conditional_difference is not null
    qualify
        len(string_split(given, ' x ')) = max(len(string_split(given, ' x '))) over (
            partition by classifier, dataset, split, group_attribute
        )
),

largest as (
    select *
    from given_most
    where p_value_holm < 0.05
    qualify
        row_number() over (
            partition by classifier, dataset, split
            order by abs(conditional_difference) desc, group_attribute asc, group_a asc, group_b asc
        ) = 1
)

select
    classifier,
    format(
        'Perceived {}: {} and {} are {} points apart, and {} ({} to {}) among faces alike in {}',
        attribute,
        group_words(group_attribute, group_a),
        group_words(group_attribute, group_b),
        as_points(abs(difference)),
        as_points(abs(conditional_difference)),
        as_points(least(abs(ci_low), abs(ci_high))),
        as_points(greatest(abs(ci_low), abs(ci_high))),
        replace(given, ' x ', ' and ')
    ) as sentence
from largest
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc
