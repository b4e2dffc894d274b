-- conditional_gaps_hold: differences are those of the accuracies, p-values and intervals are in range, signs as flagged
-- audits: conditional_gaps
-- reads: conditional_gaps, accuracy_by_group
-- todo: the view is wrong
select
    conditional_gaps.classifier,
    conditional_gaps.dataset,
    conditional_gaps.split,
    conditional_gaps.group_attribute,
    conditional_gaps.given,
    conditional_gaps.group_a,
    conditional_gaps.group_b,
    conditional_gaps.n_samples_a,
    conditional_gaps.n_compared,
    conditional_gaps.difference,
    conditional_gaps.conditional_difference,
    conditional_gaps.p_value
from conditional_gaps
left join accuracy_by_group
    on
        conditional_gaps.classifier = accuracy_by_group.classifier
        and conditional_gaps.dataset = accuracy_by_group.dataset
        and conditional_gaps.split is not distinct from accuracy_by_group.split
        and conditional_gaps.group_attribute = accuracy_by_group.group_attribute
        and conditional_gaps.group_a = accuracy_by_group.group_name
where
    conditional_gaps.group_a >= conditional_gaps.group_b
    or coalesce(conditional_gaps.n_samples_a not between 1 and accuracy_by_group.n_samples, true)
    or coalesce(
        conditional_gaps.n_compared
        not between 2 and conditional_gaps.n_samples_a + conditional_gaps.n_samples_b,
        true
    )
    or coalesce(conditional_gaps.n_strata not between 1 and conditional_gaps.n_compared / 2, true)
    or (
        conditional_gaps.n_samples_a = accuracy_by_group.n_samples
        and abs(conditional_gaps.accuracy_a - accuracy_by_group.accuracy) > 1e-9
    )
    or abs(conditional_gaps.accuracy_a - conditional_gaps.accuracy_b - conditional_gaps.difference)
    > 1e-9
    or (conditional_gaps.difference is null) <> (conditional_gaps.accuracy_a is null)
    or (conditional_gaps.conditional_difference is null) <> (conditional_gaps.accuracy_a is null)
    or conditional_gaps.conditional_difference not between -1 - 1e-9 and 1 + 1e-9
    or conditional_gaps.conditional_difference not between conditional_gaps.ci_low and conditional_gaps.ci_high
    or conditional_gaps.p_value not between 0 and 1
    or conditional_gaps.p_value_holm not between conditional_gaps.p_value - 1e-12 and 1
    or (conditional_gaps.p_value is null) <> (conditional_gaps.p_value_holm is null)
    or conditional_gaps.odds_ratio
    not between conditional_gaps.ci_low_odds_ratio and conditional_gaps.ci_high_odds_ratio
    or conditional_gaps.is_reversed
    <> coalesce(
        sign(conditional_gaps.difference) * sign(conditional_gaps.conditional_difference) < 0
        and abs(conditional_gaps.difference) > 1e-12
        and abs(conditional_gaps.conditional_difference) > 1e-12,
        false
    )
