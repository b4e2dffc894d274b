-- board_metric_holds: no metric covers more tasks than the one that is chosen
-- audits: board_metric
-- reads: board_metric, benchmark
-- todo: the view is wrong
with counted as (
    select
        metric,
        count(distinct concat_ws(chr(31), attribute, dataset, coalesce(split, chr(30)))) as n_tasks,
        count(distinct model) as n_models
    from benchmark
    group by metric
    having
        n_models > 1
        and count(distinct concat_ws(chr(31), model, attribute, dataset, coalesce(split, chr(30)))) > n_models
),

chosen as (
    select
        count(*) as n_chosen,
        max(n_tasks) as n_tasks
    from board_metric
)

select
    coalesce(found.metric, counted.metric) as metric,
    found.n_tasks,
    counted.n_tasks as n_tasks_counted
from counted
full join board_metric as found on counted.metric = found.metric
cross join chosen
where
    (
        found.metric is not null
        and (
            found.n_tasks is distinct from counted.n_tasks
            or found.n_models is distinct from counted.n_models
        )
    )
    or counted.n_tasks > coalesce(chosen.n_tasks, 0)
    or (counted.metric = 'accuracy' and counted.n_tasks = chosen.n_tasks and found.metric is null)
    or chosen.n_chosen > 1
