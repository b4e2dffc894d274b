-- frontier: Accuracy against the worst group
-- text: Each classifier by its accuracy and by that of the group for which it is right least often, with 95 % intervals.
-- On the line lie those that no other one beats in one of the two without losing in the other; where intervals reach over
-- it, chance decides who lies on it. Classifiers that were trained or tuned on these faces, or judged on fewer of
-- them, are drawn as squares and are not on the line. Of attributes that make groups: the setting group_attributes names them.
-- empty: No classifier has a group that is large enough.
-- head: classifier
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    model,
    rule,
    seen,
    coverage,
    n_samples,
    accuracy,
    ci_low,
    ci_high,
    worst_group_attribute,
    worst_group,
    n_samples_worst,
    worst_accuracy,
    ci_low_worst,
    ci_high_worst,
    is_on_front
from model_figures
where worst_accuracy is not null and attribute in (select attribute from group_attributes)
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    is_on_front desc,
    accuracy desc,
    classifier asc
