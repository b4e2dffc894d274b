-- group_attributes: the attributes whose labels make groups: all up to five, or those that the store names
-- grain: attribute
-- units: place from 1: age, gender and race come first, then the alphabet
-- reads: label_counts, settings
-- note: `facestore settings group_attributes Male,Young,Smiling` names them; forty attributes have 10,660 pairs and
-- triples, and nearly as many cells as there are samples
with named as (
    select trim(unnest(string_split(value, ','))) as attribute
    from settings
    where setting = 'group_attributes' and trim(value) <> ''
),

labelled as (
    select
        attribute,
        row_number() over (
            order by attribute not in ('age', 'gender', 'race'), attribute
        ) as place
    from label_counts
    group by attribute
)

select
    attribute,
    place
from labelled
where
    attribute in (select attribute from named)
    or (place <= 5 and not exists (select attribute from named))
