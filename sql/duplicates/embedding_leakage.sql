-- embedding_leakage: pairs of samples in different splits or data sets whose images lie close together
-- grain: encoder, sample_a, sample_b
-- units: cosine in [-1, 1], at least the threshold of the search; is_across_datasets: whether the data
-- sets differ, and not only the splits
-- reads: neighbour_pairs
-- note: a pair is a suspicion: a high cosine may be two pictures of the same scene, or only two faces
-- alike. Files with the same bytes are no pair here, for they share a vector
select
    *,
    dataset_a <> dataset_b as is_across_datasets
from neighbour_pairs
where
    dataset_a <> dataset_b
    or split_a is distinct from split_b
