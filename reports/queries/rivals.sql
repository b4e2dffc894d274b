-- rivals: Is the best on average the best for the worst group?
-- text: The classifier that is right most often for the group for which the main one is worst. The interval is a 95 % one of
-- the difference, for all classifiers that could have been it.
-- empty: No other classifier is judged on the worst group.
-- head: rival
-- fold: yes
select
    dataset,
    split,
    attribute,
    group_attribute,
    worst_group,
    n_samples_worst,
    classifier,
    accuracy_main,
    rival,
    accuracy_rival,
    n_rivals,
    difference,
    ci_low,
    ci_high,
    verdict,
    sentence
from worst_group_rivals
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
