-- near_hashes(max_distance): pairs of different perceptual hashes of which at most so many bits differ
-- grain: hash_a, hash_b
-- units: distance in bits, of 64; hash_a < hash_b; max_distance 0 to 12
-- reads: images, hash_masks, telling_hash
-- note: exact. Memory grows with the hashes (about 50 bytes for each and each mask), not with the pairs
with masks as materialized (
    select
        mask,
        earlier_bands
    from hash_masks(max_distance)
),

distinct_hashes as (
    select distinct phash
    from images
    where telling_hash(phash) is not null
),

-- Made twice on purpose: that is cheaper than to keep it.
filed as not materialized (
    select
        distinct_hashes.phash,
        masks.mask,
        distinct_hashes.phash & masks.mask as bits
    from distinct_hashes
    cross join masks
),

found as (
    select
        one.phash as hash_a,
        two.phash as hash_b,
        one.mask,
        xor(one.phash, two.phash) as differing
    from filed as one
    inner join filed as two
        on
            one.mask = two.mask
            and one.bits = two.bits
            and one.phash < two.phash
    where bit_count(xor(one.phash, two.phash)) <= max_distance
)

select
    found.hash_a,
    found.hash_b,
    bit_count(found.differing)::integer as distance
from found
inner join masks using (mask)
-- of the masks that find a pair, only the one with the first bands gives it
where
    not list_contains(
        list_transform(masks.earlier_bands, lambda band: band & found.differing), 0
    )
