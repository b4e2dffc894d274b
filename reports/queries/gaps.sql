-- gaps: For whom does it fail, and by how much?
-- text: The group for which the main classifier is right least often and the one for which it is right most often, by
-- attribute and by pairs of gender and race. The interval is a 95 % one of the largest true gap, for all pairs of groups at once.
-- A gap is clear where it is above 0; else chance alone could make it. Smaller groups than the setting min_samples
-- take no part.
-- empty: No classifier is judged on two groups of one kind.
-- command: facestore import labels FILE --dataset NAME
-- head: group_attribute
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    seen,
    group_attribute,
    worst_group,
    n_samples_worst,
    accuracy_worst,
    best_group,
    n_samples_best,
    accuracy_best,
    accuracy,
    gap,
    ci_low as gap_ci_low,
    ci_high as gap_ci_high,
    verdict
from gap_findings
where not contains(group_attribute, ' x ') or group_attribute = 'gender x race'
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    contains(group_attribute, ' x ') asc,
    gap_findings.gap desc,
    group_attribute asc
