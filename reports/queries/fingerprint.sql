-- title: Store
-- text: How many rows the tables of the store have, the smallest group that is given rates
-- (min_samples), and a fingerprint (SHA-256) of these numbers.
-- Two reports with different fingerprints were made of different data; equal ones do not prove that
-- no value was edited.
-- head: fingerprint
with counts as (
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
        ) as min_samples
)

select
    n_datasets,
    n_images,
    n_samples,
    n_labels,
    n_encoders,
    n_prompts,
    n_similarities,
    n_classifiers,
    n_predictions,
    n_runs,
    min_samples,
    sha256(to_json(counts)::varchar) as fingerprint
from counts
