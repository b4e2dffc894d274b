-- neighbours_unique: a pair of images is there once for an encoder
-- audits: neighbours
-- reads: neighbours
-- todo: run `facestore dedup --cosine` again, which replaces all of the encoder
select
    encoder_id,
    key_a,
    key_b,
    count(*) as n_rows
from neighbours
group by encoder_id, key_a, key_b
having count(*) > 1
