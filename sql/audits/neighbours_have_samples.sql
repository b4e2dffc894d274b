-- neighbours_have_samples: the images of a pair belong to samples
-- audits: neighbours, vector_keys
-- reads: neighbours, vector_keys
-- severity: note
-- todo: nothing has to be done: views pass over these pairs, and the next `facestore dedup --cosine` replaces them
select
    encoder_id,
    key_a,
    key_b
from neighbours
where
    key_a not in (select vector_key from vector_keys)
    or key_b not in (select vector_key from vector_keys)
