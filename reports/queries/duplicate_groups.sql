-- duplicate_groups: Groups of the same picture
-- text: Files whose pictures are the same or nearly so, in groups, the largest first; the first 300
-- files. diameter is the largest distance of two pictures of the group in bits of their
-- perceptual hashes: 0 is the same content, or at least the same hash. The representative is the one that
-- dedup --policy keep-one keeps.
-- empty: No two files have the same picture, or nearly so.
-- head: path
-- fold: yes
select
    left(duplicate_groups.group_id, 12) as group_id,
    duplicate_groups.n_images,
    duplicate_groups.n_samples,
    duplicate_groups.diameter,
    samples.dataset,
    samples.split,
    samples.path,
    duplicate_groups.is_representative
from duplicate_groups
inner join samples using (image_id)
order by
    duplicate_groups.n_samples desc,
    duplicate_groups.group_id asc,
    duplicate_groups.is_representative desc,
    samples.dataset asc,
    samples.path asc
limit 300
