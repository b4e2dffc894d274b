-- group_cells: Errors by age, gender and race together
-- text: The share of wrong predictions among samples that share their age, gender and race, in percent, and below it their n;
-- darker is worse. Cells with too few samples are hatched and show their n alone. The 95 % Wilson interval is in the title of
-- a cell, and in the table.
-- empty: No judged sample has labels of age, gender and race.
-- command: facestore import labels FILE --dataset NAME
-- show: shown
-- layout: blocks
-- head: age
-- fold: yes
select
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    accuracy_by_group.attribute,
    accuracy_by_group.classifier,
    split_part(accuracy_by_group.group_name, ' x ', 1) as age,
    split_part(accuracy_by_group.group_name, ' x ', 2) as gender,
    split_part(accuracy_by_group.group_name, ' x ', 3) as race,
    accuracy_by_group.n_samples,
    accuracy_by_group.n_samples - accuracy_by_group.n_correct as n_wrong,
    1 - accuracy_by_group.accuracy as error,
    1 - accuracy_by_group.ci_high as ci_low,
    1 - accuracy_by_group.ci_low as ci_high
from accuracy_by_group
left join classes as ages
    on
        split_part(accuracy_by_group.group_name, ' x ', 1) = ages.class
        and ages.attribute = 'age'
left join classes as genders
    on
        split_part(accuracy_by_group.group_name, ' x ', 2) = genders.class
        and genders.attribute = 'gender'
left join classes as races
    on
        split_part(accuracy_by_group.group_name, ' x ', 3) = races.class
        and races.attribute = 'race'
where accuracy_by_group.group_attribute = 'age x gender x race'
order by
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    list_position(['gender', 'race', 'age'], accuracy_by_group.attribute),
    accuracy_by_group.attribute,
    accuracy_by_group.classifier,
    genders.ordinal,
    ages.ordinal,
    races.ordinal,
    accuracy_by_group.group_name
