-- groups: Accuracy by group
-- text: The fraction of right predictions among the samples of each labelled group, with its 95 %
-- Wilson interval: two groups whose intervals overlap widely may not differ at all. n counts the
-- samples of the group.
-- layout: blocks
-- head: group_name
select
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    accuracy_by_group.attribute,
    accuracy_by_group.classifier,
    accuracy_by_group.group_attribute,
    accuracy_by_group.group_name,
    accuracy_by_group.n_samples,
    accuracy_by_group.n_correct,
    accuracy_by_group.accuracy,
    accuracy_by_group.ci_low,
    accuracy_by_group.ci_high
from accuracy_by_group
left join classes
    on
        accuracy_by_group.group_attribute = classes.attribute
        and accuracy_by_group.group_name = classes.class
where not contains(accuracy_by_group.group_attribute, ' x ')
order by
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    list_position(['gender', 'race', 'age'], accuracy_by_group.attribute),
    accuracy_by_group.attribute,
    accuracy_by_group.classifier,
    list_position(['overall', 'gender', 'race', 'age'], accuracy_by_group.group_attribute),
    accuracy_by_group.group_attribute,
    classes.ordinal,
    accuracy_by_group.group_name
