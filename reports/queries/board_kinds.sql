-- board_kinds: Models by kind of data set
-- text: Means over the tasks of a kind that all its models have, each task counted the same, and over all of them. An interval
-- says what could be on other such tasks. mean rank is over the same tasks; where a model may stand, best to worst, holds for
-- all pairs of models at once.
-- empty: No kind of data set has two models.
-- command: facestore kinds
-- head: model
-- fold: yes
select
    means.metric,
    means.kind,
    means.model,
    means.n_tasks,
    means.n_published,
    means.n_shared,
    means.mean_shared,
    means.ci_low,
    means.ci_high,
    ranks.n_models,
    ranks.mean_rank,
    ranks.rank_best,
    ranks.rank_worst
from benchmark_means as means
inner join board_metric using (metric)
left join benchmark_ranks as ranks
    on
        means.metric = ranks.metric
        and means.kind = ranks.kind
        and means.model = ranks.model
left join benchmark_ranks as over_all
    on
        means.metric = over_all.metric
        and means.model = over_all.model
        and over_all.kind = 'all'
where means.mean_shared is not null
qualify count(*) over (partition by means.kind) > 1
order by
    means.kind <> 'all',
    means.kind asc,
    over_all.mean_rank asc nulls last,
    means.mean_shared desc,
    means.model asc
