-- group_spread_holds: spreads are those of accuracy_disparity, and shrunken gaps lie between none and the gap
-- audits: group_spread
-- reads: group_spread, accuracy_disparity
-- todo: the view is wrong
select
    accuracy_disparity.classifier,
    accuracy_disparity.dataset,
    accuracy_disparity.split,
    accuracy_disparity.group_attribute,
    accuracy_disparity.n_groups,
    accuracy_disparity.accuracy_difference,
    group_spread.gap,
    group_spread.shrunken_gap,
    group_spread.posterior_gap,
    group_spread.tau,
    group_spread.chi_square,
    group_spread.p_value
from accuracy_disparity
left join group_spread
    on
        accuracy_disparity.classifier = group_spread.classifier
        and accuracy_disparity.dataset = group_spread.dataset
        and accuracy_disparity.split is not distinct from group_spread.split
        and accuracy_disparity.group_attribute = group_spread.group_attribute
where
    (accuracy_disparity.n_groups > 1) is distinct from (group_spread.gap is not null)
    or (
        accuracy_disparity.n_groups > 1
        and (
            accuracy_disparity.n_groups is distinct from group_spread.n_groups
            or accuracy_disparity.n_samples is distinct from group_spread.n_samples
            or not (abs(accuracy_disparity.accuracy_difference - group_spread.gap) < 1e-9)
            or not (abs(accuracy_disparity.tau - group_spread.tau) < 1e-6)
            or not (
                abs(accuracy_disparity.detectable_difference - group_spread.detectable_gap) < 1e-9
            )
            or coalesce(group_spread.shrunken_gap not between -1e-9 and group_spread.gap + 1e-9, true)
            -- the mean of a range is at least the range of the means
            or coalesce(group_spread.posterior_gap < group_spread.shrunken_gap - 1e-6, true)
            or coalesce(group_spread.p_value not between 0 and 1, true)
            or (
                group_spread.tau > 1e-6
                and coalesce(group_spread.chi_square < group_spread.n_groups - 1, true)
            )
        )
    )
