-- frontier: Whether another classifier than the main one is better for the group for which that one is worst
with said as (
    select
        *,
        count(distinct attribute) over () > 1 as are_attributes,
        count(distinct { 'dataset': dataset, 'split': split }) over () > 1 as are_parts
    from worst_group_rivals
)

select
    concat(
        if(are_parts, concat_ws(', ', dataset, split) || ': ', ''),
        if(are_attributes, upper(attribute[1]) || attribute[2:] || ': ', ''),
        rtrim(sentence, '.')
    ) as sentence
from said
order by verdict <> 'clear', dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
