-- confusion_matrix: how often samples of one label are predicted as each class
-- grain: classifier, dataset, split, label, predicted
-- units: fraction_of_label is in [0, 1] and sums to 1 over a label; NULL for a label without samples
-- reads: judged_counts, seen_by
-- note: every pair of classes that occur as a label or as a prediction has a row, empty ones too
with cells as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        label,
        predicted,
        sum(n_samples)::bigint as n_samples
    from judged_counts
    group by all
),

occurring as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        label as class
    from cells
    union
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        predicted as class
    from cells
),

pairs as (
    select
        labelled.classifier,
        labelled.attribute,
        labelled.taxonomy,
        labelled.dataset,
        labelled.split,
        labelled.class as label,
        predicted.class as predicted
    from occurring as labelled
    inner join occurring as predicted
        on
            labelled.classifier = predicted.classifier
            and labelled.dataset = predicted.dataset
            and labelled.split is not distinct from predicted.split
)

select
    pairs.classifier,
    pairs.attribute,
    pairs.taxonomy,
    pairs.dataset,
    pairs.split,
    seen_by(pairs.classifier, pairs.dataset, pairs.split) as seen,
    pairs.label,
    pairs.predicted,
    coalesce(cells.n_samples, 0) as n_samples,
    coalesce(cells.n_samples, 0) / nullif(sum(cells.n_samples) over (
        partition by pairs.classifier, pairs.dataset, pairs.split, pairs.label
    ), 0) as fraction_of_label
from pairs
left join cells
    on
        pairs.classifier = cells.classifier
        and pairs.dataset = cells.dataset
        and pairs.split is not distinct from cells.split
        and pairs.label = cells.label
        and pairs.predicted = cells.predicted
