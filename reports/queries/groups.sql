-- groups: Accuracy by group
-- text: The share of right predictions in each labelled group, with its 95 % Wilson interval; n counts the samples of the
-- group. The dashed line is the accuracy over all samples. A dot leads to the faces that are called wrong.
-- empty: No prediction meets a label of a group.
-- command: facestore import labels FILE --dataset NAME
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
    accuracy_by_group.ci_high,
    accuracy_by_group.seen
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
