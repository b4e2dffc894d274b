-- prediction_coverage: how many samples of a data set a classifier could be judged on
-- grain: classifier, dataset, split
-- units: counts; n_judged have both a label and a predicted class; n_ties have several classes with the same
-- highest score and so none that is predicted
-- reads: classifiers, predictions, samples, labels
-- note: every split of a data set in which the classifier predicted anything has a row; ties are counted where
-- `predict` was told to leave them undecided, as it is unless ties=first is given
with label_of as (
    select
        sample_id,
        attribute
    from labels
    where label is not null
),

predicted as (
    select
        predictions.classifier_id,
        samples.dataset,
        samples.split,
        count(predictions.predicted) as n_predicted,
        count(label_of.sample_id) filter (where predictions.predicted is not null) as n_judged,
        count(*) filter (where predictions.predicted is null) as n_ties
    from predictions
    inner join classifiers using (classifier_id)
    inner join samples using (sample_id)
    left join label_of using (sample_id, attribute)
    -- a row of no class is a tie, or a number of no class
    where predictions.predicted is not null or predictions.margin = 0
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
        judged_attributes.attribute,
        samples.dataset,
        samples.split,
        count(*) as n_samples,
        count(label_of.sample_id) as n_labelled
    from samples
    cross join (select distinct attribute from classifiers) as judged_attributes
    left join label_of using (sample_id, attribute)
    group by all
)

select
    classifiers.name as classifier,
    classifiers.attribute,
    totals.dataset,
    totals.split,
    totals.n_samples,
    totals.n_labelled,
    coalesce(predicted.n_predicted, 0) as n_predicted,
    coalesce(predicted.n_judged, 0) as n_judged,
    coalesce(predicted.n_ties, 0) as n_ties
from judged_datasets
inner join classifiers using (classifier_id)
inner join totals using (dataset, attribute)
left join predicted
    on
        judged_datasets.classifier_id = predicted.classifier_id
        and judged_datasets.dataset = predicted.dataset
        and totals.split is not distinct from predicted.split
