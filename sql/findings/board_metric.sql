-- board_metric: the metric by which models are compared over tasks: the one that most tasks have
-- grain: metric
-- units: n_tasks of n_models; one row, none where there is no second model, or no model has a second task
-- reads: benchmark
-- note: where two metrics cover as many tasks, accuracy stands before balanced accuracy, and this before others
with counted as (
    select
        metric,
        count(distinct { 'attribute': attribute, 'dataset': dataset, 'split': split }) as n_tasks,
        count(distinct model) as n_models,
        -- one stands for a model on a task
        count(*) as n_figures
    from benchmark
    where place = 1
    group by metric
)

select
    metric,
    n_tasks,
    n_models
from counted
where n_models > 1 and n_figures > n_models
order by n_tasks desc, list_position(['accuracy', 'balanced_accuracy'], metric) asc nulls last, metric asc
limit 1
