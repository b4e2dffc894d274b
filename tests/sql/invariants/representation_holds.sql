-- representation_holds: fractions of an attribute add up to 1, and ratios fit them
-- audits: representation
-- reads: representation
-- todo: the view is wrong
with checked as (
    select
        *,
        sum(n_samples) over within_attribute as n_all,
        max(n_samples) over within_attribute as n_largest,
        min(n_samples) over within_attribute as n_smallest,
        count(*) over within_attribute as n_found
    from representation
    window within_attribute as (partition by dataset, split, group_attribute)
)

select
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    n_groups,
    fraction,
    ratio_to_uniform,
    ratio_to_largest,
    imbalance_ratio
from checked
where
    not coalesce(n_samples >= 1, false)
    or n_groups is distinct from n_found
    or not coalesce(abs(fraction - n_samples / n_all) < 1e-9, false)
    or not coalesce(abs(ratio_to_uniform - fraction * n_groups) < 1e-9, false)
    or not coalesce(abs(ratio_to_largest - n_samples / n_largest) < 1e-9, false)
    or not coalesce(abs(imbalance_ratio - n_largest / n_smallest) < 1e-9, false)
