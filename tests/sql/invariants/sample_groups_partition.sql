-- sample_groups_partition: every sample is in 'overall', and in at most one group of each attribute, pair or triple
-- audits: sample_groups
-- reads: sample_groups, samples
-- todo: the view is wrong
select
    sample_id,
    group_attribute,
    count(*) as n_groups,
    'several groups' as problem
from sample_groups
group by sample_id, group_attribute
having count(*) > 1
union all
select
    sample_id,
    'overall' as group_attribute,
    0 as n_groups,
    'not in overall' as problem
from samples
where sample_id not in (
    select sample_id from sample_groups
    where group_attribute = 'overall'
)
