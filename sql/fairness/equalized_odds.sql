-- equalized_odds: whether groups with the same label are predicted alike (Hardt 2016)
-- grain: classifier, dataset, split, group_attribute, class
-- units: differences are fractions, the largest less the smallest rate of the groups: equal_opportunity_difference of
-- true positive rates, false_positive_rate_difference of false ones, equalized_odds_difference the larger of the two;
-- the intervals are 95 % ones, whichever groups are the extremes; n_groups counts the groups of the rate that fewer have
-- reads: rate_gaps
-- source: Hardt, Price and Srebro 2016, arXiv 1610.02413; names after Fairlearn
-- note: class is the positive one, all others are negative. NULL where fewer than two groups have the rate. Fairlearn
-- takes a group without a positive as one with a rate of 0; here it takes no part
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
    any_value(gap) filter (where measure = 'true_positive_rate') as equal_opportunity_difference,
    any_value(ci_low) filter (where measure = 'true_positive_rate') as ci_low_equal_opportunity,
    any_value(ci_high) filter (where measure = 'true_positive_rate') as ci_high_equal_opportunity,
    any_value(lowest_group) filter (where measure = 'true_positive_rate') as lowest_true_positive_rate_group,
    any_value(gap) filter (where measure = 'false_positive_rate') as false_positive_rate_difference,
    any_value(highest_group) filter (where measure = 'false_positive_rate')
        as highest_false_positive_rate_group,
    any_value(gap) filter (where measure = 'equalized_odds') as equalized_odds_difference,
    any_value(ci_low) filter (where measure = 'equalized_odds') as ci_low,
    any_value(ci_high) filter (where measure = 'equalized_odds') as ci_high
from rate_gaps
where measure in ('true_positive_rate', 'false_positive_rate', 'equalized_odds')
group by all
