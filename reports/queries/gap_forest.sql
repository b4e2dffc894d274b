-- gap_forest: How far apart groups are, and how surely
-- text: The gap between the best and the worst group, by each label and each pair of labels, with the 95 % interval of the
-- largest true gap for all pairs of groups at once: where it begins at 0, chance may have made the gap. In the table, tau
-- is the standard deviation of the groups' true accuracies, shrunken gap what is left without the noise of small groups,
-- detectable gap the smallest that two groups of median size would show with 80 % power.
-- empty: No classifier is judged on two groups of one kind.
-- command: facestore import labels FILE --dataset NAME
-- head: group_attribute
select
    dataset,
    split,
    attribute,
    classifier,
    seen,
    group_attribute,
    n_groups,
    worst_group,
    best_group,
    gap,
    ci_low as gap_ci_low,
    ci_high as gap_ci_high,
    tau,
    shrunken_gap,
    detectable_gap,
    verdict
from gap_findings
where len(string_split(group_attribute, ' x ')) < 3
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    contains(group_attribute, ' x ') asc,
    gap_findings.gap desc,
    group_attribute asc
