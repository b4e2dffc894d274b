-- duplicate_exclusions_hold: keep-one leaves one sample of each group and data set, and what is kept is in the group of what goes
-- audits: duplicate_exclusions
-- reads: duplicate_exclusions, duplicate_groups, samples, settings
-- todo: the view is wrong
with planned as materialized (
    select *
    from duplicate_exclusions(
        (
            select cast(settings.value as integer)
            from settings
            where settings.setting = 'duplicate_distance'
        )
    )
),

members as (
    select
        duplicate_groups.group_id,
        samples.dataset,
        samples.sample_id
    from duplicate_groups
    inner join samples on duplicate_groups.image_id = samples.image_id
)

select
    'keep-one' as policy,
    members.dataset,
    members.group_id,
    count(*) - count(planned.sample_id) as n_kept
from members
left join planned
    on
        members.sample_id = planned.sample_id
        and planned.policy = 'keep-one'
group by members.dataset, members.group_id
having count(*) - count(planned.sample_id) <> 1
union all
select
    planned.policy,
    planned.dataset,
    members.group_id,
    0 as n_kept
from planned
inner join members on planned.sample_id = members.sample_id
inner join members as kept on planned.kept_sample_id = kept.sample_id
left join planned as also_planned
    on
        planned.policy = also_planned.policy
        and planned.kept_sample_id = also_planned.sample_id
where
    also_planned.sample_id is not null
    or members.group_id <> kept.group_id
    or members.dataset <> kept.dataset
