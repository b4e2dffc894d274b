-- benchmark_means_hold: means are those of the figures that stand for a model, over all of its tasks and over the shared ones
-- audits: benchmark_means
-- reads: benchmark_means, benchmark
-- todo: the view is wrong
with figures as materialized (
    select
        metric,
        model,
        kind,
        attribute || chr(31) || dataset || chr(31) || coalesce(split, chr(30)) as task,
        origin,
        value
    from benchmark
    where place = 1 and seen is null and value is not null
),

recounted as (
    select
        figures.metric,
        kinds.kind,
        figures.model,
        count(*) as n_tasks,
        count_if(figures.origin = 'published') as n_published,
        avg(figures.value) as mean
    from figures
    cross join lateral (select unnest(['all', figures.kind]) as kind) as kinds
    group by all
),

-- that of all models with most tasks, each task counted by how many of them have it
longest as (
    select
        metric,
        kind,
        model
    from recounted
    qualify n_tasks = max(n_tasks) over (partition by metric, kind)
),

cohorts as materialized (
    select
        *,
        count(*) over (partition by metric, kind) as n_models
    from longest
),

shared as (
    select
        cohorts.metric,
        cohorts.kind,
        figures.task
    from cohorts
    inner join figures
        on
            cohorts.metric = figures.metric
            and cohorts.model = figures.model
            and (cohorts.kind = 'all' or cohorts.kind = figures.kind)
    group by cohorts.metric, cohorts.kind, figures.task
    having count(*) = any_value(cohorts.n_models)
),

means_of_shared as (
    select
        cohorts.metric,
        cohorts.kind,
        cohorts.model,
        count(*) as n_shared,
        avg(figures.value) as mean_shared
    from cohorts
    inner join shared on cohorts.metric = shared.metric and cohorts.kind = shared.kind
    inner join figures
        on
            cohorts.metric = figures.metric
            and cohorts.model = figures.model
            and shared.task = figures.task
    group by all
)

select
    coalesce(found.metric, recounted.metric) as metric,
    coalesce(found.kind, recounted.kind) as kind,
    coalesce(found.model, recounted.model) as model,
    found.mean,
    recounted.mean as mean_recounted,
    found.mean_shared,
    means_of_shared.mean_shared as mean_shared_recounted
from benchmark_means as found
full join recounted
    on
        found.metric = recounted.metric
        and found.kind = recounted.kind
        and found.model = recounted.model
left join means_of_shared
    on
        found.metric = means_of_shared.metric
        and found.kind = means_of_shared.kind
        and found.model = means_of_shared.model
where
    found.n_tasks is distinct from recounted.n_tasks
    or found.n_published is distinct from recounted.n_published
    or found.n_shared is distinct from coalesce(means_of_shared.n_shared, 0)
    or not coalesce(abs(found.mean - recounted.mean) < 1e-9, false)
    or (found.mean_shared is null) <> (means_of_shared.mean_shared is null)
    or not coalesce(abs(found.mean_shared - means_of_shared.mean_shared) < 1e-9, true)
    or (found.n_shared > 1) <> (found.ci_low is not null)
    -- symmetric, where neither end is that of a fraction
    or not coalesce(
        found.ci_low in (-1, 0)
        or found.ci_high = 1
        or abs(found.ci_low + found.ci_high - 2 * found.mean_shared) < 1e-9,
        true
    )
    or not coalesce(found.ci_low <= found.mean_shared and found.mean_shared <= found.ci_high, true)
    or not coalesce(found.ci_low >= if(found.metric = 'chance_adjusted_accuracy', -1, 0), true)
    or not coalesce(found.ci_high <= 1, true)
