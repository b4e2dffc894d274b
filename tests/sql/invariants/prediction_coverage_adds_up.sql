-- prediction_coverage_adds_up: samples judged are among those labelled and predicted, and no sample is left out
-- audits: prediction_coverage
-- reads: prediction_coverage, judged_predictions, samples
-- todo: the view is wrong
with judged as (
    select
        classifier,
        dataset,
        split,
        count(*) as n_judged
    from judged_predictions
    group by classifier, dataset, split
),

sizes as (
    select
        dataset,
        split,
        count(*) as n_samples
    from samples
    group by dataset, split
)

select
    coverage.classifier,
    coverage.dataset,
    coverage.split,
    coverage.n_samples,
    coverage.n_labelled,
    coverage.n_predicted,
    coverage.n_judged,
    coverage.n_ties,
    sizes.n_samples as n_samples_found,
    judged.n_judged as n_judged_found
from prediction_coverage as coverage
full outer join judged
    on
        coverage.classifier = judged.classifier
        and coverage.dataset = judged.dataset
        and coverage.split is not distinct from judged.split
left join sizes
    on
        coverage.dataset = sizes.dataset
        and coverage.split is not distinct from sizes.split
where
    coverage.n_judged is distinct from coalesce(judged.n_judged, 0)
    or coverage.n_samples is distinct from sizes.n_samples
    or coverage.n_judged > least(coverage.n_labelled, coverage.n_predicted)
    or greatest(coverage.n_labelled, coverage.n_predicted) > coverage.n_samples
    or coverage.n_ties is null
    or coverage.n_predicted + coverage.n_ties > coverage.n_samples
