-- gap_forest: How many of the gaps are more than chance could make
select
    classifier,
    concat(
        if(
            count(distinct row(dataset, split)) over () > 1,
            concat(concat_ws(', ', dataset, split), ': '),
            ''
        ),
        format(
            'Perceived {}: {}',
            attribute,
            case count(*) filter (where verdict = 'clear')
                when 0 then 'no gap that chance could not make'
                when count(*) then 'every gap is more than chance makes'
                else format(
                    '{} of {} gaps are more than chance makes',
                    count(*) filter (where verdict = 'clear'),
                    count(*)
                )
            end
        )
    ) as sentence
from gap_findings
where len(string_split(group_attribute, ' x ')) < 3
group by dataset, split, attribute, classifier
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc
