-- worst_predictions_hold: only wrong predictions are ranked, all of them, from 1 without a gap
-- audits: worst_predictions
-- reads: worst_predictions, accuracy_by_group
-- todo: the view is wrong
with ranked as (
    select
        classifier,
        dataset,
        split,
        count(*) as n_wrong,
        max(rank) as rank_last,
        count(*) filter (where label = predicted) as n_right
    from worst_predictions
    group by classifier, dataset, split
),

judged as (
    select
        classifier,
        dataset,
        split,
        sum(n_samples - n_correct) as n_wrong
    from accuracy_by_group
    where group_attribute = 'overall'
    group by classifier, dataset, split
)

select
    coalesce(judged.classifier, ranked.classifier) as classifier,
    coalesce(judged.dataset, ranked.dataset) as dataset,
    coalesce(judged.split, ranked.split) as split,
    ranked.n_wrong,
    judged.n_wrong as n_wrong_judged,
    ranked.rank_last,
    ranked.n_right
from judged
full outer join ranked
    on
        judged.classifier = ranked.classifier
        and judged.dataset = ranked.dataset
        and judged.split is not distinct from ranked.split
where
    coalesce(ranked.n_wrong, 0) is distinct from judged.n_wrong
    or ranked.rank_last > ranked.n_wrong
    or ranked.n_right > 0
