-- prediction_coverage: how many samples of a data set a classifier could be judged on
-- grain: classifier, dataset, split
-- units: counts; n_judged have both a label and a predicted class; n_ties have several classes with the same
-- highest score and so none that is predicted
-- reads: prediction_counts, classifiers, cell_counts, label_counts
-- note: every split of a data set in which the classifier predicted anything has a row; ties are counted where
-- `predict` was told to leave them undecided, as it is unless ties=first is given
with predicted as (
    select
        classifier_id,
        dataset,
        split,
        coalesce(sum(n_samples) filter (where predicted is not null), 0) as n_predicted,
        coalesce(sum(n_samples) filter (where predicted is not null and label is not null), 0)
            as n_judged,
        sum(n_ties) as n_ties
    from prediction_counts
    -- a row of no class is a tie, or a number of no class
    where predicted is not null or n_ties > 0
    group by all
),

judged_datasets as (
    select distinct
        classifier_id,
        dataset
    from predicted
),

totals as (
    select
        dataset,
        split,
        sum(n_samples)::bigint as n_samples
    from cell_counts
    group by all
),

labelled as (
    select
        dataset,
        split,
        attribute,
        sum(n_samples)::bigint as n_labelled
    from label_counts
    group by all
)

select
    classifiers.name as classifier,
    classifiers.attribute,
    totals.dataset,
    totals.split,
    totals.n_samples,
    coalesce(labelled.n_labelled, 0)::bigint as n_labelled,
    coalesce(predicted.n_predicted, 0)::bigint as n_predicted,
    coalesce(predicted.n_judged, 0)::bigint as n_judged,
    coalesce(predicted.n_ties, 0)::bigint as n_ties
from judged_datasets
inner join classifiers using (classifier_id)
inner join totals using (dataset)
left join labelled
    on
        totals.dataset = labelled.dataset
        and totals.split is not distinct from labelled.split
        and classifiers.attribute = labelled.attribute
left join predicted
    on
        judged_datasets.classifier_id = predicted.classifier_id
        and judged_datasets.dataset = predicted.dataset
        and totals.split is not distinct from predicted.split
