-- benchmark_ranks_hold: ranks add up over the models of a kind, and nobody stands where his interval is not
-- audits: benchmark_ranks
-- reads: benchmark_ranks, benchmark_means
-- todo: the view is wrong
with wrong_sums as (
    select
        metric,
        kind
    from benchmark_ranks
    group by all
    having
        count(*) <> any_value(n_models)
        or count(distinct n_tasks) > 1
        -- ranks from 1 to n, whatever is equal
        or abs(avg(mean_rank) - (count(*) + 1) / 2) > 1e-9
),

wrong_cohorts as (
    select
        coalesce(ranks.metric, means.metric) as metric,
        coalesce(ranks.kind, means.kind) as kind,
        coalesce(ranks.model, means.model) as model
    from benchmark_ranks as ranks
    full join (
        from benchmark_means
        where n_shared > 1
        qualify count(*) over (partition by metric, kind) > 1
    ) as means
        on
            ranks.metric = means.metric
            and ranks.kind = means.kind
            and ranks.model = means.model
    where ranks.n_tasks is distinct from means.n_shared
),

wrong_rows as (
    select
        metric,
        kind,
        model
    from benchmark_ranks
    where
        not coalesce(mean_rank between 1 and n_models, false)
        or not coalesce(abs(ci_low + ci_high - 2 * mean_rank) < 1e-9 and ci_low <= ci_high, false)
        or not coalesce(critical_difference > 0, false)
        or not coalesce(rank_best between 1 and rank_worst and rank_worst <= n_models, false)
),

wrong_pairs as (
    select
        one.metric,
        one.kind,
        one.model
    from benchmark_ranks as one
    inner join benchmark_ranks as other on one.metric = other.metric and one.kind = other.kind
    group by one.metric, one.kind, one.model
    having
        any_value(one.rank_best) <> 1 + count_if(one.mean_rank - other.mean_rank > one.critical_difference)
        or any_value(one.rank_worst) <> any_value(one.n_models) - count_if(other.mean_rank - one.mean_rank > one.critical_difference)
)

select
    metric,
    kind,
    null as model
from wrong_sums
union all
select
    metric,
    kind,
    model
from wrong_cohorts
union all
select
    metric,
    kind,
    model
from wrong_rows
union all
select
    metric,
    kind,
    model
from wrong_pairs
