-- predictive_parity: whether a prediction is worth the same in each group (Chouldechova 2017)
-- grain: classifier, dataset, split, group_attribute, class
-- units: differences are fractions, the largest less the smallest of the groups: positive_predictive_value_difference of
-- the shares of right ones among those predicted as the class (precision), with its 95 % interval ci_low and ci_high;
-- negative_predictive_value_difference among the others, with one of its own; whichever groups are the extremes;
-- n_groups counts the groups of the measure that fewer have
-- reads: rate_gaps
-- source: Chouldechova 2017, arXiv 1610.07524
-- note: where the shares of a label differ between groups, predictive parity and equalized_odds cannot both hold but of
-- a perfect classifier. NULL where fewer than two groups have the rate
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    group_attribute,
    class,
    min(n_groups) as n_groups,
    any_value(gap) filter (where measure = 'positive_predictive_value')
        as positive_predictive_value_difference,
    any_value(ci_low) filter (where measure = 'positive_predictive_value') as ci_low,
    any_value(ci_high) filter (where measure = 'positive_predictive_value') as ci_high,
    any_value(lowest_group) filter (where measure = 'positive_predictive_value')
        as lowest_positive_predictive_value_group,
    any_value(gap) filter (where measure = 'negative_predictive_value')
        as negative_predictive_value_difference,
    any_value(ci_low) filter (where measure = 'negative_predictive_value')
        as ci_low_negative_predictive_value,
    any_value(ci_high) filter (where measure = 'negative_predictive_value')
        as ci_high_negative_predictive_value,
    any_value(lowest_group) filter (where measure = 'negative_predictive_value')
        as lowest_negative_predictive_value_group
from rate_gaps
where measure in ('positive_predictive_value', 'negative_predictive_value')
group by all
