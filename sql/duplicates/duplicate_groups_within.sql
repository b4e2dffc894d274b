-- duplicate_groups_within(max_distance): images which are nearly the same, in groups, and images of several samples
-- grain: image_id
-- units: group_id is the smallest image_id of the group; n_images and n_samples count the group; diameter
-- is the largest distance in it, in bits; max_distance in bits, 0 to 12
-- reads: images, samples, hash_components, telling_hash
-- note: a group is connected by links of at most max_distance, so that its ends may be further apart: see
-- its diameter, which is NULL where more than 5,000 different hashes would have to be compared. The
-- representative is the image with the most pixels, of these the one whose path comes first, of these
-- the one with the smallest image_id. Flat pictures (see telling_hash) are in no group of nearly the same
with copies as (
    select
        image_id,
        count(*) as n_samples,
        min(path) as first_path
    from samples
    where image_id is not null
    group by image_id
),

keyed as (
    select
        images.image_id,
        images.telling as phash,
        images.width::bigint * images.height as n_pixels,
        coalesce(copies.n_samples, 0) as n_samples,
        copies.first_path,
        coalesce(
            coalesce(hash_components.component, images.telling)::varchar, images.image_id
        ) as group_key
    from (
        select
            *,
            telling_hash(phash) as telling
        from images
    ) as images
    left join copies on images.image_id = copies.image_id
    left join hash_components(max_distance) as hash_components
        on images.telling = hash_components.phash
),

grouped as materialized (
    select
        image_id,
        phash,
        group_key,
        min(image_id) over members as group_id,
        count(*) over members as n_images,
        sum(n_samples) over members as n_samples,
        row_number() over (
            partition by group_key
            order by n_pixels desc nulls last, first_path asc nulls last, image_id asc
        ) as place
    from keyed
    window members as (partition by group_key)
    qualify n_images > 1 or n_samples > 1
),

group_hashes as (
    select
        group_key,
        phash
    from grouped
    where phash is not null
    group by group_key, phash
    qualify count(*) over (partition by group_key) <= 5000
),

diameters as (
    select
        one.group_key,
        max(bit_count(xor(one.phash, two.phash))) as diameter
    from group_hashes as one
    inner join group_hashes as two
        on
            one.group_key = two.group_key
            and one.phash <= two.phash
    group by one.group_key
)

select
    grouped.group_id,
    grouped.image_id,
    grouped.n_images,
    grouped.n_samples::bigint as n_samples,
    if(grouped.phash is null, 0, diameters.diameter)::integer as diameter,
    grouped.place = 1 as is_representative
from grouped
left join diameters using (group_key)
