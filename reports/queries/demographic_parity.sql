-- demographic_parity: Demographic parity and disparate impact
-- text: How often a class is predicted in the group that has it least and in the one that has it most. The ratio of the
-- two is called disparate impact, and 0.8 is the four-fifths rule. A perfect classifier has just the ratio of the labels,
-- label_ratio: where that is below 0.8 it fails as well, so the rule then says something of who is in the data. Compare the
-- two ratios, or see equalized odds, which goes by the labels.
-- show: shown
-- layout: blocks
-- fold: yes
-- empty: No classifier is judged on two groups of one kind.
-- head: group_attribute
select
    demographic_parity.dataset,
    demographic_parity.split,
    demographic_parity.attribute,
    demographic_parity.classifier,
    demographic_parity.group_attribute,
    demographic_parity.class,
    demographic_parity.n_groups,
    demographic_parity.lowest_group,
    demographic_parity.selection_rate_min,
    demographic_parity.highest_group,
    demographic_parity.selection_rate_max,
    demographic_parity.demographic_parity_difference,
    demographic_parity.ci_low,
    demographic_parity.ci_high,
    demographic_parity.demographic_parity_ratio,
    demographic_parity.ci_low_ratio,
    demographic_parity.ci_high_ratio,
    demographic_parity.label_ratio
from demographic_parity
left join classes using (attribute, class)
where
    not contains(demographic_parity.group_attribute, ' x ')
    and demographic_parity.group_attribute <> demographic_parity.attribute
order by
    demographic_parity.dataset,
    demographic_parity.split,
    list_position(['gender', 'race', 'age'], demographic_parity.attribute),
    demographic_parity.attribute,
    demographic_parity.classifier,
    list_position(['gender', 'race', 'age'], demographic_parity.group_attribute),
    demographic_parity.group_attribute,
    classes.ordinal,
    demographic_parity.class
