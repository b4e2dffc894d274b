-- diff_stores: What is compared
-- text: The two stores by their contents; before is the other one, after is the one that this report is
-- made of. The fingerprint is a digest of samples, labels, prompts, similarities, predictions, published
-- figures and settings: where both are the same, so are all figures.
-- head: store
select
    'before' as store,
    (select count(*) from other.samples) as n_samples,
    (select count(*) from other.labels) as n_labels,
    (select count(*) from other.classifiers) as n_classifiers,
    (select count(*) from other.predictions) as n_predictions,
    (select count(*) from other.runs) as n_runs,
    (select max(ended_at) from other.runs) as last_run_at,
    digest as fingerprint
from other.content_fingerprints
where kind = 'store'
union all
select
    'after' as store,
    (select count(*) from samples) as n_samples,
    (select count(*) from labels) as n_labels,
    (select count(*) from classifiers) as n_classifiers,
    (select count(*) from predictions) as n_predictions,
    (select count(*) from runs) as n_runs,
    (select max(ended_at) from runs) as last_run_at,
    digest as fingerprint
from content_fingerprints
where kind = 'store'
order by store desc
