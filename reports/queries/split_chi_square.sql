-- split_chi_square: Whether the splits are alike
-- text: Pearson's chi-square of groups by splits. A small p says that the splits differ more than
-- chance would make them; a stratified split is more alike than chance, so its p is near 1.
-- empty: No data set has two splits or more.
-- command: facestore split --dataset NAME
-- head: group_attribute
select
    dataset,
    group_attribute,
    n_samples,
    n_groups,
    n_splits,
    chi_square,
    degrees_of_freedom,
    p_value,
    n_expected_below_5
from split_chi_square
where not contains(group_attribute, ' x ')
order by
    dataset,
    list_position(['gender', 'race', 'age'], group_attribute),
    group_attribute
