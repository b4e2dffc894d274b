-- neighbour_pairs: pairs of samples whose images lie close together in the eyes of an encoder
-- grain: encoder, sample_a, sample_b
-- units: cosine in [-1, 1], at least the threshold of the search (neighbour_searches); sample_a < sample_b
-- reads: neighbours, vector_keys, samples, encoders
-- note: filled by `facestore dedup --cosine`. Samples with the same bytes share a vector and are no pair
-- here. Which cosine means the same picture depends on the encoder; it never means the same person
with pairs as (
    select
        neighbours.encoder_id,
        neighbours.cosine,
        least(a.sample_id, b.sample_id) as sample_a,
        greatest(a.sample_id, b.sample_id) as sample_b
    from neighbours
    inner join vector_keys as a on neighbours.key_a = a.vector_key
    inner join vector_keys as b on neighbours.key_b = b.vector_key
)

select
    pairs.encoder_id,
    encoders.name as encoder,
    pairs.sample_a,
    first_sample.dataset as dataset_a,
    first_sample.split as split_a,
    first_sample.path as path_a,
    pairs.sample_b,
    second_sample.dataset as dataset_b,
    second_sample.split as split_b,
    second_sample.path as path_b,
    pairs.cosine
from pairs
inner join encoders using (encoder_id)
inner join samples as first_sample on pairs.sample_a = first_sample.sample_id
inner join samples as second_sample on pairs.sample_b = second_sample.sample_id
