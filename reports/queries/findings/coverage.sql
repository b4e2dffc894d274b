-- coverage: Whether every labelled sample has a prediction, and whose do not
with covered as (
    select
        count(*) as n_all,
        count(*) filter (where n_judged < n_labelled) as n_partial,
        min(n_judged / nullif(n_labelled, 0)) as lowest,
        arg_min(classifier, n_judged / nullif(n_labelled, 0)) as of_which
    from prediction_coverage
)

select
    case
        when n_partial = 0 then 'Every classifier was judged on all labelled faces'
        else
            format(
                '{} of {} classifiers did not judge all labelled faces; fewest {}: {}',
                n_partial,
                n_all,
                of_which,
                as_percent(lowest)
            )
    end as sentence
from covered
where n_all > 0
