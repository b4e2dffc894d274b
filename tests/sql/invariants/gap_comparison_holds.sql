-- gap_comparison_holds: gaps lie in [0, 1] and their difference in its interval; on all samples they are the own gaps
-- audits: gap_comparison
-- reads: gap_comparison, accuracy_disparity, accuracy_gaps
-- todo: the view is wrong
select
    gap_comparison.attribute,
    gap_comparison.dataset,
    gap_comparison.split,
    gap_comparison.group_attribute,
    gap_comparison.classifier_a,
    gap_comparison.classifier_b,
    gap_comparison.n_groups,
    gap_comparison.n_samples,
    gap_comparison.gap_a,
    gap_comparison.gap_b,
    gap_comparison.difference,
    gap_comparison.ci_low,
    gap_comparison.ci_high
from gap_comparison
left join accuracy_disparity
    on
        gap_comparison.classifier_a = accuracy_disparity.classifier
        and gap_comparison.dataset = accuracy_disparity.dataset
        and gap_comparison.split is not distinct from accuracy_disparity.split
        and gap_comparison.group_attribute = accuracy_disparity.group_attribute
left join accuracy_gaps
    on
        gap_comparison.classifier_a = accuracy_gaps.classifier
        and gap_comparison.dataset = accuracy_gaps.dataset
        and gap_comparison.split is not distinct from accuracy_gaps.split
        and gap_comparison.group_attribute = accuracy_gaps.group_attribute
where
    coalesce(gap_comparison.classifier_a >= gap_comparison.classifier_b, true)
    or coalesce(gap_comparison.n_groups < 2, true)
    or coalesce(gap_comparison.n_samples < gap_comparison.n_groups, true)
    or coalesce(gap_comparison.n_groups > accuracy_disparity.n_groups, true)
    or coalesce(gap_comparison.n_samples > accuracy_disparity.n_samples, true)
    or coalesce(gap_comparison.gap_a not between 0 and 1, true)
    or coalesce(gap_comparison.gap_b not between 0 and 1, true)
    or coalesce(
        abs(gap_comparison.gap_a - gap_comparison.gap_b - gap_comparison.difference) > 1e-9, true
    )
    or coalesce(
        gap_comparison.difference
        not between gap_comparison.ci_low - 1e-9 and gap_comparison.ci_high + 1e-9,
        true
    )
    -- where both were judged on all samples, the gap is the one of the classifier alone
    or (
        gap_comparison.n_samples = accuracy_disparity.n_samples
        and gap_comparison.n_groups = accuracy_disparity.n_groups
        and (
            abs(gap_comparison.gap_a - accuracy_gaps.gap) > 1e-9
            or gap_comparison.best_group_a is distinct from accuracy_gaps.best_group
            or gap_comparison.worst_group_a is distinct from accuracy_gaps.worst_group
        )
    )
