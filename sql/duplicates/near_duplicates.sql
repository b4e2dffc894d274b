-- near_duplicates(max_distance): pairs of images whose perceptual hashes differ in at most so many bits
-- grain: image_id_a, image_id_b
-- units: distance in bits, of 64; image_id_a < image_id_b; max_distance 0 to 12
-- reads: images, near_hashes, telling_hash
-- note: exact, without comparing all pairs (see hash_masks); an image that has no hash, or a flat one
-- (see telling_hash), is in no pair. k images which share one hash are k * (k - 1) / 2 pairs
select
    one.image_id as image_id_a,
    two.image_id as image_id_b,
    0 as distance
from images as one
inner join images as two
    on
        telling_hash(one.phash) = two.phash
        and one.image_id < two.image_id
union all
select
    least(one.image_id, two.image_id) as image_id_a,
    greatest(one.image_id, two.image_id) as image_id_b,
    near_hashes.distance
from near_hashes(max_distance) as near_hashes
inner join images as one on near_hashes.hash_a = one.phash
inner join images as two on near_hashes.hash_b = two.phash
