-- duplicate_groups: images which are nearly the same, in groups, and images of several samples
-- grain: image_id
-- units: group_id is the smallest image_id of the group; n_images and n_samples count the group; diameter
-- is the largest distance in it, in bits
-- reads: duplicate_groups_within, settings
-- note: nearly the same within the setting duplicate_distance (`facestore settings duplicate_distance 5`);
-- what a group, its diameter and its representative are: see duplicate_groups_within
select
    group_id,
    image_id,
    n_images,
    n_samples,
    diameter,
    is_representative
from duplicate_groups_within(
    (
        select cast(settings.value as integer)
        from settings
        where settings.setting = 'duplicate_distance'
    )
)
