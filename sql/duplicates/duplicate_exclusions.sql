-- duplicate_exclusions(max_distance): samples which each policy of `facestore dedup` leaves out
-- grain: policy, sample_id
-- units: kept_sample_id is the sample that stays instead, NULL where none does; max_distance in bits, 0 to 12
-- reads: duplicate_groups_within, images, samples, labels
-- note: a group counts within each data set by itself. keep-one keeps the sample with the most pixels, of
-- these the one whose path comes first. drop-conflicting drops groups whose samples have different labels
-- or values, and keeps one of the others. drop-all drops groups of several images, and keeps one sample
-- where all have the same bytes
with members as (
    select
        duplicate_groups.group_id,
        samples.dataset,
        samples.sample_id,
        samples.image_id,
        count(*) over members as n_samples,
        min(samples.image_id) over members <> max(samples.image_id) over members as has_several_images,
        first_value(samples.sample_id) over best_first as best_sample_id,
        first_value(samples.image_id) over best_first as best_image_id
    from duplicate_groups_within(max_distance) as duplicate_groups
    inner join samples using (image_id)
    inner join images using (image_id)
    window
        members as (partition by duplicate_groups.group_id, samples.dataset),
        best_first as (
            partition by duplicate_groups.group_id, samples.dataset
            order by images.width::bigint * images.height desc nulls last, samples.path asc
        )
    qualify n_samples > 1
),

conflicting_attributes as (
    select
        members.group_id,
        members.dataset,
        labels.attribute
    from members
    inner join labels using (sample_id)
    group by all
    having count(distinct labels.label) > 1 or count(distinct labels.value) > 1
),

conflicting as (
    select distinct
        group_id,
        dataset
    from conflicting_attributes
),

planned as (
    select
        policies.policy,
        members.dataset,
        members.sample_id,
        case
            when
                policies.policy = 'drop-conflicting' and conflicting.group_id is not null
                then 'labels conflict'
            when policies.policy = 'drop-all' and members.has_several_images then 'nearly the same'
            when members.sample_id = members.best_sample_id then null
            when members.image_id = members.best_image_id then 'same content'
            else 'nearly the same'
        end as reason,
        if(
            (policies.policy = 'drop-conflicting' and conflicting.group_id is not null)
            or (policies.policy = 'drop-all' and members.has_several_images),
            null,
            members.best_sample_id
        ) as kept_sample_id
    from members
    cross join (
        select unnest(['keep-one', 'drop-conflicting', 'drop-all']) as policy
    ) as policies
    left join conflicting using (group_id, dataset)
)

select
    policy,
    dataset,
    sample_id,
    reason,
    kept_sample_id
from planned
where reason is not null
