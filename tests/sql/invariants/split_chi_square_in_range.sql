-- split_chi_square_in_range: the statistic is no less than 0 and its p-value a probability
-- audits: split_chi_square
-- reads: split_chi_square
-- todo: the view is wrong
select
    dataset,
    group_attribute,
    n_samples,
    n_groups,
    n_splits,
    chi_square,
    degrees_of_freedom,
    p_value,
    n_expected_below_5,
    n_groups_too_small
from split_chi_square
where
    not coalesce(n_samples >= 1 and n_groups >= 1 and n_splits >= 2, false)
    or degrees_of_freedom is distinct from (n_groups - 1) * (n_splits - 1)
    or not coalesce(chi_square >= 0 and chi_square < 'infinity', false)
    or (p_value is null) <> (degrees_of_freedom = 0)
    or not (p_value between 0 and 1)
    or not coalesce(n_expected_below_5 between 0 and n_groups * n_splits, false)
    or not coalesce(n_groups_too_small between 0 and n_groups, false)
