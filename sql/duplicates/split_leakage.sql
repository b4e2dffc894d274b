-- split_leakage: pairs of samples in different splits of one data set with the same image, or nearly the same
-- grain: sample_id_a, sample_id_b
-- units: distance of the perceptual hashes in bits, 0 for the same bytes
-- reads: duplicate_pairs, samples
-- note: nearly the same within the setting duplicate_distance. A sample without a split leaks nowhere.
-- split_a comes before split_b in the alphabet
with with_one as materialized (
    -- before the second join: else all pairs of samples of a data set are made first
    select
        duplicate_pairs.*,
        samples.dataset,
        samples.split,
        samples.path
    from duplicate_pairs
    inner join samples on duplicate_pairs.sample_id_a = samples.sample_id
)

select
    one.dataset,
    least(one.split, two.split) as split_a,
    greatest(one.split, two.split) as split_b,
    if(one.split < two.split, one.sample_id_a, one.sample_id_b) as sample_id_a,
    if(one.split < two.split, one.path, two.path) as path_a,
    if(one.split < two.split, one.sample_id_b, one.sample_id_a) as sample_id_b,
    if(one.split < two.split, two.path, one.path) as path_b,
    one.distance,
    one.is_same_content
from with_one as one
inner join samples as two on one.sample_id_b = two.sample_id
where
    one.dataset = two.dataset
    and one.split <> two.split
