-- gaps_relabelled: Gaps if suspect labels were changed
-- text: Labels that are wrong more often in one group make a gap that no classifier has: 1 % in one and 4 % in another make one
-- of 0.028. Here is each gap between the best and the worst group as it is, and if the labels that several models
-- contradict were changed, with the group that has most of these. The classifiers that are judged decide which labels are
-- suspect, so a gap that is real and that all of them share shrinks just so: look at the pictures of that group
-- before you call a gap a matter of labels.
-- empty: No label is contradicted by several models, in groups of another attribute.
-- head: group_attribute
-- show: shown
select
    dataset,
    split,
    attribute,
    classifier,
    group_attribute,
    n_groups,
    n_suspects,
    gap,
    gap_relabelled,
    worst_group,
    worst_group_relabelled,
    most_suspect_group,
    suspect_share_min,
    suspect_share_max
from gaps_if_relabelled
where n_suspects > 0 and not contains(group_attribute, ' x ')
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    classifier asc,
    list_position(['gender', 'race', 'age'], group_attribute) asc,
    group_attribute asc
