-- current_sample_clusters(of_all): the samples of which several hang together, counted now
-- grain: sample
-- units: cluster_number is the smallest sample_id of the cluster, first_path its smallest path
-- reads: sample_cluster_keys, samples, datasets_to_count
-- note: clusters as in sample_clusters, within a data set and split; samples that are one by themselves are not here
with keyed as (
    select
        keys.sample_id,
        keys.dataset,
        keys.split,
        keys.kind,
        keys.cluster,
        samples.path
    from sample_cluster_keys(true) as keys
    semi join datasets_to_count(of_all) as asked on keys.dataset = asked.dataset
    inner join samples on keys.sample_id = samples.sample_id
),

-- by themselves first: where no two samples hang together, nothing is joined with them
shared as (
    select
        dataset,
        split,
        kind,
        cluster,
        min(sample_id) as cluster_number,
        min(path) as first_path
    from keyed
    group by all
    having count(*) > 1
)

select
    keyed.sample_id,
    keyed.dataset,
    keyed.split,
    shared.cluster_number,
    shared.first_path
from keyed
inner join shared
    on
        keyed.dataset = shared.dataset
        and keyed.split is not distinct from shared.split
        and keyed.kind = shared.kind
        and keyed.cluster = shared.cluster
