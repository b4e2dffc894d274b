-- leaderboard: Which model is first, and how many could be, as far as the ranks allow
with models as (
    select
        figures.dataset,
        figures.split,
        figures.attribute,
        figures.model,
        min(figures.place_of_model) as place,
        arg_min(figures.short_name, figures.place) as best_rule,
        arg_min(figures.accuracy, figures.place) as accuracy,
        min(ranks.rank_best) as rank_best
    from model_figures as figures
    inner join rank_intervals as ranks
        on
            figures.classifier = ranks.classifier
            and figures.dataset = ranks.dataset
            and figures.split is not distinct from ranks.split
    where figures.place_of_model is not null
    group by all
),

counted as (
    select
        dataset,
        split,
        attribute,
        arg_min(best_rule, place) as first_one,
        arg_min(accuracy, place) as accuracy,
        count(*) as n_models,
        count(*) filter (where rank_best = 1) as n_first
    from models
    group by all
),

said as (
    select
        *,
        count(distinct attribute) over () > 1 as are_attributes,
        count(distinct { 'dataset': dataset, 'split': split }) over () > 1 as are_parts
    from counted
)

select
    concat(
        if(are_parts, concat_ws(', ', dataset, split) || ': ', ''),
        if(are_attributes, upper(attribute[1]) || attribute[2:] || ': ', ''),
        case
            when n_models = 1 then format('one model was tried, at best right for {} ({})', as_percent(accuracy), first_one)
            when n_first <= 1 then format('{} is first of {} models, with {}', first_one, n_models, as_percent(accuracy))
            else
                format(
                    '{} is first with {}, but chance could have put {} of {} models first',
                    first_one,
                    as_percent(accuracy),
                    n_first,
                    n_models
                )
        end
    ) as sentence
from said
order by
    n_models = 1, dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
