-- accuracy_gaps_hold: gaps are those of accuracy_disparity and lie, in [0, 1], within their intervals
-- audits: accuracy_gaps, accuracy_gaps_among
-- reads: accuracy_gaps, accuracy_disparity
-- todo: the view is wrong
select
    accuracy_disparity.classifier,
    accuracy_disparity.dataset,
    accuracy_disparity.split,
    accuracy_disparity.group_attribute,
    accuracy_disparity.n_groups,
    accuracy_disparity.accuracy_difference,
    accuracy_disparity.tau as tau_of_disparity,
    accuracy_gaps.gap,
    accuracy_gaps.ci_low,
    accuracy_gaps.ci_high,
    accuracy_gaps.tau,
    accuracy_gaps.shrunken_gap,
    accuracy_gaps.detectable_gap
from accuracy_disparity
left join accuracy_gaps
    on
        accuracy_disparity.classifier = accuracy_gaps.classifier
        and accuracy_disparity.dataset = accuracy_gaps.dataset
        and accuracy_disparity.split is not distinct from accuracy_gaps.split
        and accuracy_disparity.group_attribute = accuracy_gaps.group_attribute
where
    (accuracy_disparity.n_groups > 1) is distinct from (accuracy_gaps.gap is not null)
    or (accuracy_disparity.n_groups > 1) is distinct from (accuracy_disparity.tau is not null)
    or (
        accuracy_disparity.n_groups > 1
        and (
            accuracy_gaps.n_groups is distinct from accuracy_disparity.n_groups
            or coalesce(accuracy_gaps.n_samples_best, 0) < 1
            or coalesce(accuracy_gaps.n_samples_worst, 0) < 1
            or accuracy_gaps.worst_group is distinct from accuracy_disparity.worst_group
            or not (abs(accuracy_gaps.gap - accuracy_disparity.accuracy_difference) < 1e-9)
            or not (
                abs(accuracy_gaps.accuracy_best - accuracy_gaps.accuracy_worst - accuracy_gaps.gap)
                < 1e-9
            )
            or coalesce(accuracy_gaps.ci_low not between -1 - 1e-9 and accuracy_gaps.gap + 1e-9, true)
            or coalesce(accuracy_gaps.ci_high not between accuracy_gaps.gap - 1e-9 and 1 + 1e-9, true)
            or coalesce(
                accuracy_gaps.surest_better_group = accuracy_gaps.surest_worse_group, true
            )
            or coalesce(abs(accuracy_gaps.tau - accuracy_disparity.tau) > 1e-6, true)
            or coalesce(
                accuracy_gaps.shrunken_gap not between -1e-9 and accuracy_gaps.gap + 1e-9, true
            )
            or coalesce(
                abs(accuracy_gaps.detectable_gap - accuracy_disparity.detectable_difference) > 1e-9,
                true
            )
            or coalesce(accuracy_gaps.detectable_gap < 0, true)
        )
    )
