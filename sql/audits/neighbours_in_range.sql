-- neighbours_in_range: cosines of neighbours are from the threshold of the search to 1, the first key before the second
-- audits: neighbours, neighbour_searches
-- reads: neighbours, neighbour_searches
-- todo: run `facestore dedup --cosine` again
select
    neighbour_searches.encoder_id,
    neighbour_searches.min_cosine,
    neighbour_searches.n_vectors,
    neighbours.key_a,
    neighbours.key_b,
    neighbours.cosine
from neighbour_searches
left join neighbours on neighbour_searches.encoder_id = neighbours.encoder_id
where
    not neighbour_searches.min_cosine between 1e-9 and 1
    or neighbour_searches.n_vectors < if(neighbours.key_a is null, 0, 2)
    or neighbours.key_a >= neighbours.key_b
    -- the threshold was compared in float32
    or not neighbours.cosine between neighbour_searches.min_cosine::float and 1
