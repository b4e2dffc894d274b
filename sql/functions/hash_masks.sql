-- hash_masks(max_distance): sets of bits such that two hashes within the distance agree on all bits of at least one set
-- grain: mask
-- units: mask is 64 bits; earlier_bands lists the bands which a pair found by this mask must differ in,
-- so that no pair is found twice; max_distance in bits, 0 to 12
-- reads: images
-- note: with max_distance + n bands of bits, two hashes within the distance agree on at least n whole
-- bands; every choice of n bands is a mask. n is 0 (compare all pairs), 1, 2 or 3, whichever makes the
-- fewest comparisons on 2,000 of the hashes: so hashes that share most of their bits never cost more than
-- comparing all pairs. Bits are dealt to the bands in order of how evenly they are 0 or 1. The sample
-- decides how fast pairs are found, never which
with distinct_hashes as (
    select distinct phash
    from images
    where phash is not null
),

sampled as materialized (
    select phash
    from distinct_hashes
    order by hash(phash), phash
    limit 2000
),

ranked_bits as (
    select
        bits.bit,
        row_number() over (
            order by
                abs(2 * count(*) filter (where (sampled.phash >> bits.bit) & 1 = 1) - count(*)),
                bits.bit
        ) - 1 as rank
    from sampled
    cross join (select unnest(range(64))::ubigint as bit) as bits
    group by bits.bit
),

needed as (
    select unnest(range(4)) as n_needed
    where if(
        max_distance between 0 and 12,
        true,
        error('max_distance must be 0 to 12 bits, not ' || coalesce(max_distance::varchar, 'NULL'))
    )
),

bands as (
    select
        needed.n_needed,
        ranked_bits.rank % (max_distance + needed.n_needed) as band,
        bit_or(1::ubigint << ranked_bits.bit) as band_mask
    from needed
    cross join ranked_bits
    where needed.n_needed > 0
    group by all
),

-- A choice of bands is a number whose bits say which bands are in it.
choices as (
    select
        n_needed,
        unnest(range(1::bigint << (max_distance + n_needed))) as choice
    from needed
),

masks as materialized (
    select
        choices.n_needed,
        choices.choice,
        coalesce(bit_or(bands.band_mask), 0)::ubigint as mask
    from choices
    left join bands
        on
            choices.n_needed = bands.n_needed
            and (choices.choice >> bands.band) & 1 = 1
    where bit_count(choices.choice) = choices.n_needed
    group by all
),

crowds as (
    select
        masks.n_needed,
        masks.mask,
        count(*) as n_hashes
    from masks
    cross join sampled
    group by masks.n_needed, masks.mask, sampled.phash & masks.mask
),

sizes as (
    select
        count(*) as n_hashes,
        count(*) / least(count(*), 2000) as n_for_each_sampled
    from distinct_hashes
),

-- To file a hash under a mask costs about as much as 8 comparisons.
chosen as (
    select crowds.n_needed
    from crowds
    cross join sizes
    group by crowds.n_needed
    order by
        sum(crowds.n_hashes * (crowds.n_hashes - 1) / 2) * any_value(sizes.n_for_each_sampled) ** 2
        + count(distinct crowds.mask) * any_value(sizes.n_hashes) * 8,
        crowds.n_needed
    limit 1
)

select
    masks.mask,
    coalesce(
        list(bands.band_mask order by bands.band) filter (where bands.band is not null), []
    ) as earlier_bands
from masks
inner join chosen using (n_needed)
left join bands
    on
        masks.n_needed = bands.n_needed
        and masks.mask & bands.band_mask = 0
        and 1::bigint << bands.band < masks.choice
group by masks.mask
