-- leakage_adds_up: every pair of samples in two splits or data sets is leakage, and nothing else is
-- audits: split_leakage, dataset_leakage
-- reads: split_leakage, dataset_leakage, duplicate_pairs, samples
-- todo: the view is wrong
with expected as (
    select
        sample_id_a,
        sample_id_b,
        one.dataset <> two.dataset as is_between_datasets
    from duplicate_pairs
    inner join samples as one on duplicate_pairs.sample_id_a = one.sample_id
    inner join samples as two on duplicate_pairs.sample_id_b = two.sample_id
    where one.dataset <> two.dataset or one.split <> two.split
),

found as (
    select
        least(sample_id_a, sample_id_b) as sample_id_a,
        greatest(sample_id_a, sample_id_b) as sample_id_b,
        false as is_between_datasets,
        split_a < split_b as is_in_order
    from split_leakage
    union all
    select
        least(sample_id_a, sample_id_b) as sample_id_a,
        greatest(sample_id_a, sample_id_b) as sample_id_b,
        true as is_between_datasets,
        dataset_a < dataset_b as is_in_order
    from dataset_leakage
)

select
    coalesce(expected.sample_id_a, found.sample_id_a) as sample_id_a,
    coalesce(expected.sample_id_b, found.sample_id_b) as sample_id_b,
    coalesce(expected.is_between_datasets, found.is_between_datasets) as is_between_datasets
from expected
full outer join found
    on
        expected.sample_id_a = found.sample_id_a
        and expected.sample_id_b = found.sample_id_b
        and expected.is_between_datasets = found.is_between_datasets
where
    expected.sample_id_a is null
    or found.sample_id_a is null
    or not coalesce(found.is_in_order, false)
