-- duplicate_groups_hold: a group has as many images and samples as it says and one representative, and both ends of each pair
-- audits: duplicate_groups
-- reads: duplicate_groups, duplicate_pairs, samples
-- todo: the view is wrong
with members as (
    select
        duplicate_groups.group_id,
        count(distinct duplicate_groups.image_id) as n_images_found,
        count(samples.sample_id) as n_samples_found,
        count(distinct duplicate_groups.image_id) filter (
            where duplicate_groups.is_representative
        ) as n_representatives,
        min(duplicate_groups.image_id) as first_image_id
    from duplicate_groups
    left join samples on duplicate_groups.image_id = samples.image_id
    group by duplicate_groups.group_id
)

select
    duplicate_groups.group_id,
    duplicate_groups.image_id,
    duplicate_groups.n_images,
    duplicate_groups.n_samples,
    duplicate_groups.diameter,
    members.n_images_found,
    members.n_samples_found,
    members.n_representatives
from duplicate_groups
left join members on duplicate_groups.group_id = members.group_id
where
    duplicate_groups.group_id is distinct from members.first_image_id
    or duplicate_groups.n_images is distinct from members.n_images_found
    or duplicate_groups.n_samples is distinct from members.n_samples_found
    or members.n_representatives <> 1
    or duplicate_groups.is_representative is null
    or duplicate_groups.diameter not between 0 and 64
    or (duplicate_groups.n_images = 1 and duplicate_groups.diameter <> 0)
union all
select
    one_group.group_id,
    samples.image_id,
    null as n_images,
    null as n_samples,
    duplicate_pairs.distance as diameter,
    null as n_images_found,
    null as n_samples_found,
    null as n_representatives
from duplicate_pairs
inner join samples on duplicate_pairs.sample_id_a = samples.sample_id
inner join samples as others on duplicate_pairs.sample_id_b = others.sample_id
left join duplicate_groups as one_group on samples.image_id = one_group.image_id
left join duplicate_groups as other_group on others.image_id = other_group.image_id
where
    one_group.group_id is null
    or one_group.group_id is distinct from other_group.group_id
    or duplicate_pairs.distance > one_group.diameter
