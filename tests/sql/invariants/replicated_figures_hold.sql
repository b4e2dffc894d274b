-- replicated_figures_hold: figures of replicates are in range, and each group has each replicate once
-- audits: replicated_classes, replicated_ages, replicate_keys
-- reads: replicated_classes, replicated_ages
-- todo: the macro is wrong
with replicates as (
    select
        group_name,
        measure,
        replicate,
        value
    from replicated_classes(1, 'faces', 'val', 'gender', 0, 2, 4)
    union all
    select
        group_name,
        measure,
        replicate,
        value
    from replicated_ages(4, 'faces', 'val', 'gender', 0, 2, 4)
)

select
    group_name,
    measure,
    count(*) as n_rows
from replicates
group by group_name, measure
having
    count(*) <> 3
    or count(distinct replicate) <> 3
    or min(replicate) <> 2
    or max(replicate) <> 4
    or min(value) < 0
    or (measure <> 'mae' and max(value) > 1)
