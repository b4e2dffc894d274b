-- benchmark_means: models by their mean over the tasks of a kind, and over all
-- grain: metric, kind, model
-- units: as value of benchmark; kind is 'all' over all kinds. mean is over the n_tasks of the model, mean_shared over the
-- n_shared of them that every model of the row's cohort has; ci_low and ci_high: 95 % interval of mean_shared for other tasks
-- of the kind, by Student's t over tasks; n_published of the n_tasks are published and not measured here
-- reads: benchmark, t_975
-- note: without what was trained or tuned on the samples. A task is a data set, a split and an attribute, and each counts the
-- same. Means over different tasks are no comparison:
-- the cohort of a kind are the models that have most tasks, and only these have mean_shared. An interval over tasks says
-- what could be on other such data sets, if those at hand were drawn from them; of one task there is none
-- read twice, and planned once
with figures as materialized (
    select
        metric,
        model,
        kind,
        { 'attribute': attribute, 'dataset': dataset, 'split': split } as task,
        origin,
        value
    from benchmark
    where place = 1 and seen is null and value is not null
),

by_kind as (
    select
        metric,
        model,
        'all' as kind,
        task,
        origin,
        value
    from figures
    union all
    select
        metric,
        model,
        kind,
        task,
        origin,
        value
    from figures
),

counted as (
    select
        *,
        count(*) over (partition by metric, kind, model) as n_tasks
    from by_kind
),

with_cohort as (
    select
        *,
        n_tasks = max(n_tasks) over (partition by metric, kind) as is_of_cohort
    from counted
),

cohorts as (
    select
        metric,
        kind,
        count(distinct model) as n_models
    from with_cohort
    where is_of_cohort
    group by all
),

with_shared as (
    select
        with_cohort.*,
        with_cohort.is_of_cohort
        and count_if(with_cohort.is_of_cohort) over (
            partition by with_cohort.metric, with_cohort.kind, with_cohort.task
        ) = cohorts.n_models as is_shared
    from with_cohort
    inner join cohorts using (metric, kind)
),

means as (
    select
        metric,
        kind,
        model,
        count(*) as n_tasks,
        count_if(origin = 'published') as n_published,
        avg(value) as mean,
        count_if(is_shared) as n_shared,
        avg(value) filter (where is_shared) as mean_shared,
        t_975(n_shared - 1) * stddev_samp(value) filter (where is_shared) / sqrt(n_shared) as reach
    from with_shared
    group by all
)

select
    metric,
    kind,
    model,
    n_tasks,
    n_published,
    mean,
    n_shared,
    mean_shared,
    -- no mean of fractions is outside of their ends, however few tasks there are
    if(
        reach is null,
        null,
        greatest(mean_shared - reach, if(metric = 'chance_adjusted_accuracy', -1, 0))
    ) as ci_low,
    if(reach is null, null, least(mean_shared + reach, 1)) as ci_high
from means
