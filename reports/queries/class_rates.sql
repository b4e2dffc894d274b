-- class_rates: Rates of every class by group
-- text: One class against all others within each group, named as Fairlearn does: selection rate is the
-- fraction predicted as the class, true positive rate the fraction of its labelled samples that are
-- found, false positive rate the fraction of all others that are called so. Intervals
-- are 95 % Wilson intervals.
-- show: shown
-- layout: blocks
-- head: group_name
-- fold: yes
select
    rates_by_group.dataset,
    rates_by_group.split,
    rates_by_group.attribute,
    rates_by_group.classifier,
    rates_by_group.group_attribute,
    rates_by_group.group_name,
    rates_by_group.class,
    rates_by_group.n_samples,
    rates_by_group.n_labelled,
    rates_by_group.n_predicted,
    rates_by_group.selection_rate,
    rates_by_group.ci_low_selection_rate,
    rates_by_group.ci_high_selection_rate,
    rates_by_group.true_positive_rate,
    rates_by_group.ci_low_true_positive_rate,
    rates_by_group.ci_high_true_positive_rate,
    rates_by_group.false_positive_rate,
    rates_by_group.ci_low_false_positive_rate,
    rates_by_group.ci_high_false_positive_rate,
    rates_by_group.precision,
    rates_by_group.f1
from rates_by_group
left join classes as judged using (attribute, class)
left join classes as grouped
    on
        rates_by_group.group_attribute = grouped.attribute
        and rates_by_group.group_name = grouped.class
where
    not contains(rates_by_group.group_attribute, ' x ')
    -- within a label's own group its rates are 0 or 1 by themselves
    and rates_by_group.group_attribute <> rates_by_group.attribute
order by
    rates_by_group.dataset,
    rates_by_group.split,
    list_position(['gender', 'race', 'age'], rates_by_group.attribute),
    rates_by_group.attribute,
    rates_by_group.classifier,
    list_position(['overall', 'gender', 'race', 'age'], rates_by_group.group_attribute),
    rates_by_group.group_attribute,
    grouped.ordinal,
    rates_by_group.group_name,
    judged.ordinal,
    rates_by_group.class
