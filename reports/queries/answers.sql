-- answers: The answer, attribute by attribute
-- text: For each data set, split and attribute: how often the main classifier is right, for whom it fails, by how much,
-- and how sure that is. The interval of a gap is a 95 % one for all pairs of groups at once.
-- empty: No prediction meets a label of its attribute.
-- head: attribute
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    seen,
    n_samples,
    accuracy,
    coverage,
    group_attribute,
    worst_group,
    verdict,
    claim,
    emphasis,
    detail
from answers
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
