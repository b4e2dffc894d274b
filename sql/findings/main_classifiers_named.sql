-- main_classifiers_named(names): as main_classifiers, where classifiers that are named stand before the best ones
-- grain: attribute, dataset, split
-- units: as in classifier_summary; names is a list of names, and may be empty; is_named says how it was chosen,
-- n_compared from how many that were not trained or tuned on the split
-- reads: judged_counts, label_counts, seen_by
-- note: the best is right on most labelled samples, so that one without a prediction counts as wrong; of equally good ones
-- the one with more predictions counts, then the first by name, as it does of several that are named for one attribute.
-- A named one may have been trained or tuned on the split, as seen says
with summed as (
    select
        attribute,
        taxonomy,
        dataset,
        split,
        classifier,
        sum(n_samples)::bigint as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0)::bigint as n_correct
    from judged_counts
    group by all
),

labelled as (
    select
        attribute,
        dataset,
        split,
        sum(n_samples) as n_labelled
    from label_counts
    group by all
),

entrants as (
    select
        *,
        seen_by(classifier, dataset, split) as seen,
        list_contains(names, classifier) as is_named
    from summed
),

chosen as (
    select
        *,
        count_if(seen is null) over kind as n_compared
    from entrants
    window kind as (partition by attribute, dataset, split)
    qualify
        (is_named or seen is null)
        and row_number() over (
            partition by attribute, dataset, split
            order by
                is_named desc,
                seen is null desc,
                n_correct desc,
                n_samples desc,
                classifier asc
        ) = 1
)

select
    chosen.attribute,
    chosen.taxonomy,
    chosen.dataset,
    chosen.split,
    chosen.classifier,
    chosen.seen,
    chosen.n_samples,
    chosen.n_correct,
    chosen.n_correct / chosen.n_samples as accuracy,
    -- labels may have gone since they were counted
    least(chosen.n_samples / labelled.n_labelled, 1) as coverage,
    chosen.is_named,
    chosen.n_compared
from chosen
left join labelled
    on
        chosen.attribute = labelled.attribute
        and chosen.dataset = labelled.dataset
        and chosen.split is not distinct from labelled.split
