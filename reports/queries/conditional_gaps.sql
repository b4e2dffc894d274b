-- conditional_gaps: Gaps among samples that are alike otherwise
-- text: How far two groups are apart, and how far among samples with the same other labels (Mantel and Haenszel): a gap
-- between races may be one of ages, where the ages of the races differ. In the table are the pairs of groups that differ by
-- more than chance makes (p below 0.05 after Holm for all pairs), and those whose sign turns (Simpson's paradox): there
-- the gap of all samples is that of the other labels. What no label says is not held fixed.
-- empty: No two groups differ by more than chance makes among samples that are alike otherwise.
-- show: shown
-- layout: blocks
-- head: group_attribute
-- fold: yes
select
    dataset,
    split,
    attribute,
    classifier,
    group_attribute,
    group_a,
    group_b,
    given,
    n_compared,
    difference,
    conditional_difference,
    ci_low,
    ci_high,
    p_value_holm,
    odds_ratio,
    is_reversed
from conditional_gaps
where not contains(group_attribute, ' x ')
qualify
    -- given as many labels as there are
    len(string_split(given, ' x ')) = max(len(string_split(given, ' x ')))
        over (
            partition by classifier, dataset, split, group_attribute
        )
    and (p_value_holm < 0.05 or is_reversed)
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    classifier,
    list_position(['gender', 'race', 'age'], group_attribute),
    group_attribute,
    given,
    group_a,
    group_b
