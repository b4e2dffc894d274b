-- equalized_odds: Equal opportunity and equalized odds
-- text: One class against all others: how far apart the groups are in finding it (equal opportunity, the true positive
-- rate) and in calling others so (the false positive rate); the larger of the two is equalized odds. Beside them are
-- 95 % intervals that hold whichever groups are the extremes, so some difference is there by chance alone where an
-- interval begins at 0 or below.
-- show: shown
-- layout: blocks
-- fold: yes
-- head: group_attribute
-- empty: No classifier is judged on two groups of one kind.
-- command: facestore import labels FILE --dataset NAME
select
    equalized_odds.dataset,
    equalized_odds.split,
    equalized_odds.attribute,
    equalized_odds.classifier,
    equalized_odds.group_attribute,
    equalized_odds.class,
    equalized_odds.n_groups,
    equalized_odds.lowest_true_positive_rate_group,
    equalized_odds.equal_opportunity_difference,
    equalized_odds.ci_low_equal_opportunity,
    equalized_odds.ci_high_equal_opportunity,
    equalized_odds.highest_false_positive_rate_group,
    equalized_odds.false_positive_rate_difference,
    equalized_odds.equalized_odds_difference,
    equalized_odds.ci_low,
    equalized_odds.ci_high
from equalized_odds
left join classes using (attribute, class)
where
    not contains(equalized_odds.group_attribute, ' x ')
    -- within a label's own group its rates are 0 or 1 by themselves
    and equalized_odds.group_attribute <> equalized_odds.attribute
order by
    equalized_odds.dataset,
    equalized_odds.split,
    list_position(['gender', 'race', 'age'], equalized_odds.attribute),
    equalized_odds.attribute,
    equalized_odds.classifier,
    list_position(['gender', 'race', 'age'], equalized_odds.group_attribute),
    equalized_odds.group_attribute,
    classes.ordinal,
    equalized_odds.class
