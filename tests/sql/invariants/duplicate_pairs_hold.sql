-- duplicate_pairs_hold: a pair is as far apart as its hashes say, and every two samples of one image are a pair
-- audits: duplicate_pairs
-- reads: duplicate_pairs, samples, images, settings
-- todo: the view is wrong
with looked_up as (
    select
        duplicate_pairs.*,
        one.image_id as image_id_a,
        two.image_id as image_id_b,
        if(
            one.image_id = two.image_id,
            0,
            bit_count(xor(image_one.phash, image_two.phash))
        ) as distance_found
    from duplicate_pairs
    left join samples as one on duplicate_pairs.sample_id_a = one.sample_id
    left join samples as two on duplicate_pairs.sample_id_b = two.sample_id
    left join images as image_one on one.image_id = image_one.image_id
    left join images as image_two on two.image_id = image_two.image_id
),

copies as (
    select
        image_id,
        count(*) as n_samples
    from samples
    where image_id is not null
    group by image_id
    having count(*) > 1
),

pairs_of_copies as (
    select
        image_id_a as image_id,
        count(*) as n_pairs
    from looked_up
    where is_same_content
    group by image_id_a
)

select
    sample_id_a,
    sample_id_b,
    distance,
    is_same_content,
    image_id_a,
    image_id_b,
    distance_found
from looked_up
where
    not coalesce(sample_id_a < sample_id_b, false)
    or distance is distinct from distance_found
    or is_same_content is distinct from (image_id_a = image_id_b)
    or distance > (
        select cast(settings.value as integer)
        from settings
        where settings.setting = 'duplicate_distance'
    )
union all
select
    null as sample_id_a,
    null as sample_id_b,
    null as distance,
    true as is_same_content,
    copies.image_id as image_id_a,
    copies.image_id as image_id_b,
    0 as distance_found
from copies
left join pairs_of_copies on copies.image_id = pairs_of_copies.image_id
where
    copies.n_samples * (copies.n_samples - 1) // 2
    is distinct from pairs_of_copies.n_pairs
