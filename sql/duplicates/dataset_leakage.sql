-- dataset_leakage: pairs of samples of two data sets with the same image, or nearly the same
-- grain: sample_id_a, sample_id_b
-- units: distance of the perceptual hashes in bits, 0 for the same bytes
-- reads: duplicate_pairs, samples
-- note: nearly the same within the setting duplicate_distance. dataset_a comes before dataset_b in the
-- alphabet
select
    least(one.dataset, two.dataset) as dataset_a,
    if(one.dataset < two.dataset, one.split, two.split) as split_a,
    greatest(one.dataset, two.dataset) as dataset_b,
    if(one.dataset < two.dataset, two.split, one.split) as split_b,
    if(one.dataset < two.dataset, one.sample_id, two.sample_id) as sample_id_a,
    if(one.dataset < two.dataset, one.path, two.path) as path_a,
    if(one.dataset < two.dataset, two.sample_id, one.sample_id) as sample_id_b,
    if(one.dataset < two.dataset, two.path, one.path) as path_b,
    duplicate_pairs.distance,
    duplicate_pairs.is_same_content
from duplicate_pairs
inner join samples as one on duplicate_pairs.sample_id_a = one.sample_id
inner join samples as two on duplicate_pairs.sample_id_b = two.sample_id
where one.dataset <> two.dataset
