-- published: How many published figures were met here, and those that nothing here was measured for
with figures as (
    select
        source,
        published_row,
        any_value(architecture) as architecture,
        any_value(pretrained) as pretrained,
        any_value(classifier) as classifier,
        any_value(attribute) as attribute,
        any_value(group_attribute) as group_attribute,
        any_value(group_name) as group_name,
        any_value(metric) as metric,
        bool_or(measured is not null) as is_measured,
        bool_or(is_inside) as is_inside
    from published_comparison
    -- boards of other data sets are in another table
    where measured is not null or attribute in (select attribute from label_counts)
    group by all
),

lines as (
    select
        0 as place,
        case
            when count(*) filter (where is_measured) = 0
                then format('None of {:,} published figures was measured here', count(*))
            when count(*) filter (where is_inside is not null) = 0
                then
                    format(
                        '{:,} of {:,} published figures were measured here, none with an interval',
                        count(*) filter (where is_measured),
                        count(*)
                    )
            else
                format(
                    '{:,} of {:,} published figures lie in the interval measured here',
                    count(*) filter (where is_inside),
                    count(*) filter (where is_inside is not null)
                )
        end as sentence
    from figures
    having count(*) > 0
    union all
    select
        1 as place,
        format(
            'Nothing here matches {:,} of them: {}{}.',
            count(*),
            array_to_string(
                list_slice(
                    list_sort(
                        list(
                            distinct
                            -- figures by group are too many to name one by one
                            concat_ws(
                                ' ',
                                coalesce(nullif(concat_ws(' ', architecture, pretrained), ''), classifier),
                                attribute
                            )
                        )
                    ),
                    1,
                    8
                ),
                '; '
            ),
            if(
                count(
                    distinct
                    concat_ws(
                        ' ',
                        coalesce(nullif(concat_ws(' ', architecture, pretrained), ''), classifier),
                        attribute
                    )
                ) > 8,
                ' and more, which the table has',
                ''
            )
        ) as sentence
    from figures
    where not is_measured
    having count(*) > 0
)

select sentence
from lines
order by place
