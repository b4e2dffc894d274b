-- group_pairs: Accuracy by pairs of groups
-- text: Accuracy of samples that share two labels, such as gender and race. Pairs are smaller groups, so the 95 % Wilson
-- intervals are wider: read n before the accuracy.
-- empty: No judged sample has two labels.
-- show: shown
-- layout: blocks
-- head: group_name
-- fold: yes
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
left join classes as one
    on
        split_part(accuracy_by_group.group_attribute, ' x ', 1) = one.attribute
        and split_part(accuracy_by_group.group_name, ' x ', 1) = one.class
left join classes as two
    on
        split_part(accuracy_by_group.group_attribute, ' x ', 2) = two.attribute
        and split_part(accuracy_by_group.group_name, ' x ', 2) = two.class
where len(string_split(accuracy_by_group.group_attribute, ' x ')) = 2
order by
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    list_position(['gender', 'race', 'age'], accuracy_by_group.attribute),
    accuracy_by_group.attribute,
    accuracy_by_group.classifier,
    list_position(
        ['gender x race', 'age x gender', 'age x race'], accuracy_by_group.group_attribute
    ),
    accuracy_by_group.group_attribute,
    one.ordinal,
    two.ordinal,
    accuracy_by_group.group_name
