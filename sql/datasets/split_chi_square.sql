-- split_chi_square: whether the splits of a data set have the groups of an attribute in the same shares
-- grain: dataset, group_attribute
-- units: chi_square is Pearson's statistic of groups by splits; p_value: probability of one at least this
-- large if the samples were split by chance; n_expected_below_5 counts its cells, n_groups_too_small groups
-- with fewer samples than there are splits
-- reads: split_balance, chi_square_tail
-- note: a stratified split is more alike than chance would make it, so its p_value is near 1. With many
-- cells in which fewer than 5 are expected the p_value is only rough
select
    dataset,
    group_attribute,
    sum(n_samples)::bigint as n_samples,
    count(distinct group_name) as n_groups,
    count(distinct split) as n_splits,
    sum((n_samples - n_expected) ** 2 / n_expected) as chi_square,
    (count(distinct group_name) - 1) * (count(distinct split) - 1) as degrees_of_freedom,
    chi_square_tail(
        sum((n_samples - n_expected) ** 2 / n_expected),
        (count(distinct group_name) - 1) * (count(distinct split) - 1)
    ) as p_value,
    count(*) filter (where n_expected < 5) as n_expected_below_5,
    count(distinct group_name) filter (where is_too_small) as n_groups_too_small
from split_balance
group by all
