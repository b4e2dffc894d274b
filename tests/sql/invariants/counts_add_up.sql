-- counts_add_up: counts by cell are those of the judged predictions, sample by sample
-- audits: prediction_counts, judged_counts
-- reads: prediction_counts, judged_counts, judged_predictions, predictions, samples, excluded_samples
-- todo: the view is wrong
with compared as (
    select
        predictions.classifier_id,
        samples.dataset,
        samples.split,
        predictions.sample_id in (select sample_id from excluded_samples) as is_excluded,
        'said' as kind,
        null as label,
        predictions.predicted,
        count(*) as n,
        count(*) filter (where predictions.predicted is null and predictions.margin = 0) as n_ties
    from predictions
    inner join samples on predictions.sample_id = samples.sample_id
    group by all
    union all
    select
        classifier_id,
        dataset,
        split,
        is_excluded,
        'said' as kind,
        null as label,
        predicted,
        -sum(n_samples) as n,
        -sum(n_ties) as n_ties
    from prediction_counts
    group by all
    union all
    select
        classifier_id,
        dataset,
        split,
        sample_id in (select sample_id from excluded_samples) as is_excluded,
        'judged' as kind,
        label,
        predicted,
        count(*) as n,
        count(*) filter (where is_correct) as n_ties
    from judged_predictions
    group by all
    union all
    select
        classifier_id,
        dataset,
        split,
        is_excluded,
        'judged' as kind,
        label,
        predicted,
        -sum(n_samples) as n,
        coalesce(-sum(n_samples) filter (where is_correct), 0) as n_ties
    from judged_counts
    group by all
)

select
    classifier_id,
    dataset,
    split,
    is_excluded,
    kind,
    label,
    predicted,
    sum(n) as n
from compared
group by all
having
    not coalesce(sum(n) = 0 and sum(n_ties) = 0, false)
