-- confusion: The largest confusion of each main classifier
with largest as (
    select *
    from confusion_findings
    where sentence is not null and wrong_as is not null
    qualify
        row_number() over (
            partition by attribute, dataset, split
            order by fraction_wrong desc, label asc
        ) = 1
)

select
    classifier,
    concat(
        if(
            count(distinct row(dataset, split)) over () > 1,
            concat(concat_ws(', ', dataset, split), ': '),
            ''
        ),
        upper(sentence[1]) || sentence[2:]
    ) as sentence
from largest
order by fraction_wrong desc, attribute asc, dataset asc, split asc
