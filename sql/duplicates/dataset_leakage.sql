-- dataset_leakage: pairs of samples of two data sets with the same image, or nearly the same
-- grain: sample_id_a, sample_id_b
-- units: distance of the perceptual hashes in bits, 0 for the same bytes
-- reads: duplicate_pairs, samples
-- note: nearly the same within the setting duplicate_distance. dataset_a comes before dataset_b in the
-- alphabet
with with_one as materialized (
    -- before the second join: else all pairs of samples of two data sets are made first
    select
        duplicate_pairs.*,
        samples.dataset,
        samples.split,
        samples.path
    from duplicate_pairs
    inner join samples on duplicate_pairs.sample_id_a = samples.sample_id
)

select
    least(one.dataset, two.dataset) as dataset_a,
    if(one.dataset < two.dataset, one.split, two.split) as split_a,
    greatest(one.dataset, two.dataset) as dataset_b,
    if(one.dataset < two.dataset, two.split, one.split) as split_b,
    if(one.dataset < two.dataset, one.sample_id_a, one.sample_id_b) as sample_id_a,
    if(one.dataset < two.dataset, one.path, two.path) as path_a,
    if(one.dataset < two.dataset, one.sample_id_b, one.sample_id_a) as sample_id_b,
    if(one.dataset < two.dataset, two.path, one.path) as path_b,
    one.distance,
    one.is_same_content
from with_one as one
inner join samples as two on one.sample_id_b = two.sample_id
where one.dataset <> two.dataset
