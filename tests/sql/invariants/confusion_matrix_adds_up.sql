-- confusion_matrix_adds_up: the cells add up to the judged samples; fractions of a label are in [0, 1]
-- audits: confusion_matrix
-- reads: confusion_matrix, judged_predictions
-- todo: the view is wrong
with cells as (
    select
        classifier,
        dataset,
        split,
        label,
        sum(n_samples) as n_samples,
        sum(fraction_of_label) as fraction_of_label
    from confusion_matrix
    group by classifier, dataset, split, label
),

judged as (
    select
        classifier,
        dataset,
        split,
        label,
        count(*) as n_samples
    from judged_predictions
    group by classifier, dataset, split, label
)

select
    coalesce(cells.classifier, judged.classifier) as classifier,
    coalesce(cells.dataset, judged.dataset) as dataset,
    coalesce(cells.split, judged.split) as split,
    coalesce(cells.label, judged.label) as label,
    null as predicted,
    cells.n_samples,
    judged.n_samples as n_samples_judged,
    cells.fraction_of_label
from cells
full outer join judged
    on
        cells.classifier = judged.classifier
        and cells.dataset = judged.dataset
        and cells.split is not distinct from judged.split
        and cells.label = judged.label
where
    coalesce(cells.n_samples, 0) <> coalesce(judged.n_samples, 0)
    or not (abs(cells.fraction_of_label - 1) < 1e-9)
union all
select
    classifier,
    dataset,
    split,
    label,
    predicted,
    n_samples,
    null as n_samples_judged,
    fraction_of_label
from confusion_matrix
where
    n_samples is null
    or n_samples < 0
    or not (fraction_of_label between 0 and 1)
