-- duplicate_pairs: pairs of samples which have the same image, or nearly the same
-- grain: sample_id_a, sample_id_b
-- units: distance of the perceptual hashes in bits, 0 for the same bytes; sample_id_a < sample_id_b
-- reads: samples, near_duplicates, settings
-- note: nearly the same within the setting duplicate_distance. k samples of one image are k * (k - 1) / 2
-- pairs; two samples that only a third one links are no pair (see duplicate_groups)
with pairs as (
    select
        one.sample_id as one_id,
        two.sample_id as two_id,
        0 as distance,
        true as is_same_content
    from samples as one
    inner join samples as two
        on
            one.image_id = two.image_id
            and one.sample_id < two.sample_id
    union all
    select
        one.sample_id as one_id,
        two.sample_id as two_id,
        near_duplicates.distance,
        false as is_same_content
    from
        near_duplicates(
            (
                select cast(settings.value as integer)
                from settings
                where settings.setting = 'duplicate_distance'
            )
        ) as near_duplicates
    inner join samples as one on near_duplicates.image_id_a = one.image_id
    inner join samples as two on near_duplicates.image_id_b = two.image_id
)

select
    least(one_id, two_id) as sample_id_a,
    greatest(one_id, two_id) as sample_id_b,
    distance,
    is_same_content
from pairs
