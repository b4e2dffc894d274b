-- sample_cluster_keys(of_all): what samples have in common that are no independent observations
-- grain: sample
-- units: kind is person or picture; cluster is who it shows, or the picture that it is a copy of; only samples of which
-- one of the two is known
-- reads: datasets, predictions_to_count, samples, excluded_samples
-- note: of all data sets, or of those of which predictions are to be counted
with asked as (
    select dataset
    from datasets
    where of_all
    union
    select dataset
    from predictions_to_count(false)
),

-- near copies are known where `facestore dedup` left them out: the sample that stays stands for them
near_copies as materialized (
    select
        copies.sample_id,
        stays.person_id,
        stays.image_id
    from samples as copies
    semi join asked on copies.dataset = asked.dataset
    inner join excluded_samples on copies.sample_id = excluded_samples.sample_id
    inner join samples as stays on excluded_samples.kept_sample_id = stays.sample_id
),

keyed as (
    select
        samples.sample_id,
        samples.dataset,
        samples.split,
        coalesce(samples.person_id, near_copies.person_id) as person,
        coalesce(near_copies.image_id, samples.image_id) as picture
    from samples
    semi join asked on samples.dataset = asked.dataset
    left join near_copies on samples.sample_id = near_copies.sample_id
)

select
    sample_id,
    dataset,
    split,
    if(person is null, 'picture', 'person') as kind,
    coalesce(person, picture) as cluster
from keyed
where coalesce(person, picture) is not null
