-- board: Which model has the best mean rank over all tasks, and which others could have it by chance
with firsts as (
    select
        count(*) as n_models,
        any_value(ranks.n_tasks) as n_tasks,
        arg_min(ranks.model, { 'rank': ranks.mean_rank, 'name': ranks.model }) as model,
        min(ranks.mean_rank) as mean_rank,
        arg_min(ranks.ci_low, { 'rank': ranks.mean_rank, 'name': ranks.model }) as ci_low,
        arg_min(ranks.ci_high, { 'rank': ranks.mean_rank, 'name': ranks.model }) as ci_high,
        count_if(ranks.rank_best = 1) - 1 as n_others
    from benchmark_ranks as ranks
    inner join board_metric using (metric)
    where ranks.kind = 'all'
)

select
    format(
        '{} has the best mean rank of {} models: {:.1f} over {} tasks ({:.1f} to {:.1f}){}',
        model,
        n_models,
        mean_rank,
        n_tasks,
        greatest(1, ci_low),
        least(n_models, ci_high),
        case
            when n_others = 0 then ', clearly'
            when n_others = n_models - 1 then '; by chance any other could'
            else format('; by chance {} could', with_noun(n_others, 'other', 'others'))
        end
    ) as sentence
from firsts
where n_models > 1
