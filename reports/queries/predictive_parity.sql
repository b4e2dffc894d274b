-- predictive_parity: Predictive parity
-- text: Whether a prediction is worth the same in each group: the positive predictive value (precision) is the share of
-- right ones among those predicted as the class, the negative one among all others. Where a class is more frequent in one
-- group, predictive parity and equalized odds cannot both hold but of a perfect classifier.
-- show: shown
-- layout: blocks
-- fold: yes
-- empty: No classifier is judged on two groups of one kind.
-- head: group_attribute
select
    predictive_parity.dataset,
    predictive_parity.split,
    predictive_parity.attribute,
    predictive_parity.classifier,
    predictive_parity.group_attribute,
    predictive_parity.class,
    predictive_parity.n_groups,
    predictive_parity.lowest_positive_predictive_value_group,
    predictive_parity.positive_predictive_value_difference,
    predictive_parity.ci_low,
    predictive_parity.ci_high,
    predictive_parity.lowest_negative_predictive_value_group,
    predictive_parity.negative_predictive_value_difference,
    predictive_parity.ci_low_negative_predictive_value,
    predictive_parity.ci_high_negative_predictive_value
from predictive_parity
left join classes using (attribute, class)
where
    not contains(predictive_parity.group_attribute, ' x ')
    and predictive_parity.group_attribute <> predictive_parity.attribute
order by
    predictive_parity.dataset,
    predictive_parity.split,
    list_position(['gender', 'race', 'age'], predictive_parity.attribute),
    predictive_parity.attribute,
    predictive_parity.classifier,
    list_position(['gender', 'race', 'age'], predictive_parity.group_attribute),
    predictive_parity.group_attribute,
    classes.ordinal,
    predictive_parity.class
