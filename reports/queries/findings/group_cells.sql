-- group_cells: The gap between groups of the same age, gender and race
select
    classifier,
    concat(
        if(
            count(distinct row(dataset, split)) over () > 1,
            concat(concat_ws(', ', dataset, split), ': '),
            ''
        ),
        if(
            count(distinct attribute) over () > 1,
            concat(upper(attribute[1]), attribute[2:], ', ', lower(sentence[1]), sentence[2:]),
            sentence
        )
    ) as sentence
from gap_findings
where group_attribute = 'age x gender x race'
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc
