-- board_kinds: On which kind of data set models differ most, and which one leads there
with kinds as (
    select
        means.kind,
        any_value(means.n_shared) as n_tasks,
        arg_max(means.model, { 'mean': means.mean_shared, 'name': means.model }) as model,
        max(means.mean_shared) as highest,
        min(means.mean_shared) as lowest,
        count(*) over () as n_kinds
    from benchmark_means as means
    inner join board_metric using (metric)
    where means.mean_shared is not null and means.kind <> 'all'
    group by means.kind
    having count(*) > 1 and any_value(means.n_shared) > 1
)

select
    format(
        'Models differ most on {} ({}): from {:.1f} to {}, {} first',
        kind,
        with_noun(n_tasks, 'task', 'tasks'),
        100 * lowest,
        as_percent(highest),
        model
    ) as sentence
from kinds
where n_kinds > 1
order by highest - lowest desc, kind asc
limit 1
