-- neighbour_pairs_add_up: every pair of images gives the pairs of all samples that show them, with its cosine
-- audits: neighbour_pairs
-- reads: neighbour_pairs, neighbours, vector_keys
-- todo: the view is wrong
with shown as (
    select
        vector_key,
        count(*) as n_samples
    from vector_keys
    group by vector_key
),

expected as (
    select
        neighbours.encoder_id,
        sum(a.n_samples * b.n_samples) as n_pairs,
        sum(a.n_samples * b.n_samples * neighbours.cosine) as cosines
    from neighbours
    inner join shown as a on neighbours.key_a = a.vector_key
    inner join shown as b on neighbours.key_b = b.vector_key
    group by neighbours.encoder_id
),

found as (
    select
        encoder_id,
        count(*) as n_pairs,
        sum(cosine) as cosines,
        count(*) filter (where sample_a < sample_b) as n_in_order
    from neighbour_pairs
    group by encoder_id
)

select
    coalesce(expected.encoder_id, found.encoder_id) as encoder_id,
    expected.n_pairs as n_pairs_expected,
    found.n_pairs,
    found.n_in_order,
    expected.cosines as cosines_expected,
    found.cosines
from expected
full outer join found on expected.encoder_id = found.encoder_id
where
    expected.n_pairs is distinct from found.n_pairs
    or found.n_in_order <> found.n_pairs
    or not abs(expected.cosines - found.cosines) <= 1e-6 * found.n_pairs
