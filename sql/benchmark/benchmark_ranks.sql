-- benchmark_ranks: models by their mean rank over the tasks that all of them have
-- grain: metric, kind, model
-- units: ranks from 1, the best; equal figures share the mean of their ranks. ci_low and ci_high: 95 % interval of mean_rank
-- for other tasks of the kind, by Student's t over tasks. rank_best and rank_worst: where the model may stand among the
-- n_models, from the pairs whose mean ranks differ by more than critical_difference, all pairs at one level of 95 %
-- reads: benchmark, benchmark_means, t_975, z_of_pairs
-- source: Demsar 2006, JMLR 7:1-30; Dunn 1961, 10.1080/01621459.1961.10482090, whose bound for all pairs needs no table and is
-- a little wider than Nemenyi's
-- note: models of the cohort of benchmark_means, on its shared tasks; of one model or one task there is none
with cohort as materialized (
    select
        metric,
        kind,
        model,
        n_shared
    from benchmark_means
    where n_shared > 1
),

figures as (
    select
        cohort.metric,
        cohort.kind,
        cohort.model,
        cohort.n_shared,
        { 'attribute': benchmark.attribute, 'dataset': benchmark.dataset, 'split': benchmark.split } as task,
        benchmark.value
    from cohort
    inner join benchmark
        on
            cohort.metric = benchmark.metric
            and cohort.model = benchmark.model
            and (cohort.kind = 'all' or cohort.kind = benchmark.kind)
    where benchmark.place = 1 and benchmark.seen is null and benchmark.value is not null
),

with_models as (
    select
        *,
        count(*) over (partition by metric, kind, task) as n_of_task,
        count(distinct model) over (partition by metric, kind) as n_models
    from figures
),

placed as (
    select
        *,
        rank() over (partition by metric, kind, task order by value desc)
        + (count(*) over (partition by metric, kind, task, value) - 1) / 2 as place
    from with_models
    where n_of_task = n_models and n_models > 1
),

ranks as materialized (
    select
        metric,
        kind,
        model,
        any_value(n_models) as n_models,
        count(*) as n_tasks,
        avg(place) as mean_rank,
        t_975(count(*) - 1) * stddev_samp(place) / sqrt(count(*)) as reach,
        z_of_pairs(any_value(n_models) * (any_value(n_models) - 1) // 2)
        * sqrt(any_value(n_models) * (any_value(n_models) + 1) / (6 * count(*))) as critical_difference
    from placed
    group by all
),

beyond as (
    select
        one.metric,
        one.kind,
        one.model,
        count_if(other.mean_rank < one.mean_rank - one.critical_difference) as n_better,
        count_if(other.mean_rank > one.mean_rank + one.critical_difference) as n_worse
    from ranks as one
    inner join ranks as other using (metric, kind)
    group by all
)

select
    ranks.metric,
    ranks.kind,
    ranks.model,
    ranks.n_models,
    ranks.n_tasks,
    ranks.mean_rank,
    ranks.mean_rank - ranks.reach as ci_low,
    ranks.mean_rank + ranks.reach as ci_high,
    ranks.critical_difference,
    beyond.n_better + 1 as rank_best,
    ranks.n_models - beyond.n_worse as rank_worst
from ranks
inner join beyond using (metric, kind, model)
