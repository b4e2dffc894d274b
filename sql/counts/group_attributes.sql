-- group_attributes: the attributes whose labels make groups: all up to five, or those that the store names
-- grain: attribute
-- units: place from 1: age, gender and race come first, then the alphabet
-- reads: kept_label_counts, current_label_counts, settings
-- note: `facestore settings group_attributes Male,Young,Smiling` names them; forty attributes have 10,660 pairs and
-- triples, and nearly as many cells as there are samples
with labelled as (
    select attribute
    from kept_label_counts
    union
    select attribute
    from current_label_counts(false)
),

placed as (
    select
        attribute,
        row_number() over (
            order by attribute not in ('age', 'gender', 'race'), attribute
        ) as place
    from labelled
)

select
    placed.attribute,
    placed.place
from placed
left join settings on settings.setting = 'group_attributes'
where
    if(
        trim(settings.value) <> '',
        list_contains(
            list_transform(string_split(settings.value, ','), lambda name: trim(name)),
            placed.attribute
        ),
        placed.place <= 5
    )
