-- confusion_matrix_adds_up: the cells add up to the samples of classifier_summary, the fractions of a label to 1
-- audits: confusion_matrix, classifier_summary
-- reads: confusion_matrix, classifier_summary
-- todo: a view computes this wrongly; run `facestore migrate`, and report it with these rows if it stays
with cells as (
    select
        classifier,
        dataset,
        split,
        sum(n_samples) as n_samples
    from confusion_matrix
    group by classifier, dataset, split
),

summaries as (
    select
        classifier,
        dataset,
        split,
        sum(n_samples) as n_samples
    from classifier_summary
    group by classifier, dataset, split
)

select
    coalesce(cells.classifier, summaries.classifier) as classifier,
    coalesce(cells.dataset, summaries.dataset) as dataset,
    coalesce(cells.split, summaries.split) as split,
    null as label,
    null as predicted,
    cells.n_samples,
    summaries.n_samples as n_samples_of_summary,
    null as fraction_of_label
from cells
full outer join summaries
    on
        cells.classifier = summaries.classifier
        and cells.dataset = summaries.dataset
        and cells.split is not distinct from summaries.split
where cells.n_samples is distinct from summaries.n_samples
union all
select
    classifier,
    dataset,
    split,
    label,
    predicted,
    n_samples,
    null as n_samples_of_summary,
    fraction_of_label
from confusion_matrix
where
    n_samples is null
    or n_samples < 0
    or not (fraction_of_label between 0 and 1)
