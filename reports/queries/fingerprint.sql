-- fingerprint: Store
-- text: How many rows the tables of the store have, the smallest group that is given rates
-- (min_samples), and a fingerprint (SHA-256) of what is in them: samples, labels, prompts, similarities,
-- predictions, published figures and settings, whatever the order in which they came.
-- Two reports with the same fingerprint were made of the same data. Not in it are vectors, explanations,
-- training curves, times and the log of runs.
-- head: fingerprint
select
    (select count(*) from datasets) as n_datasets,
    (select count(*) from images) as n_images,
    (select count(*) from samples) as n_samples,
    (select count(*) from labels) as n_labels,
    (select count(*) from encoders) as n_encoders,
    (select count(*) from prompts) as n_prompts,
    (select count(*) from similarities) as n_similarities,
    (select count(*) from classifiers) as n_classifiers,
    (select count(*) from predictions) as n_predictions,
    (select count(*) from runs) as n_runs,
    (
        select value::integer from settings
        where setting = 'min_samples'
    ) as min_samples,
    digest as fingerprint
from content_fingerprints
where kind = 'store'
