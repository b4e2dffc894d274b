-- sample_clusters: which samples are no independent observations: pictures of one person, or copies of one picture
-- grain: sample
-- units: kind is person, picture or sample; cluster is the person, the image that it is a copy of, or the sample itself;
-- n_samples counts those of the cluster in the same data set and split
-- reads: samples, sample_cluster_keys
-- note: the person where one is known (person_id); else the same bytes, and what `facestore dedup` left out as a copy, even
-- a near one, goes with the sample that stays; else a sample is by itself. Persons count within their data set
with clusters as (
    select
        samples.sample_id,
        samples.dataset,
        samples.split,
        coalesce(sample_cluster_keys.kind, 'sample') as kind,
        coalesce(sample_cluster_keys.cluster, samples.sample_id::varchar) as cluster
    from samples
    left join sample_cluster_keys(true) as sample_cluster_keys
        on samples.sample_id = sample_cluster_keys.sample_id
)

select
    sample_id,
    dataset,
    split,
    kind,
    cluster,
    count(*) over (partition by dataset, split, kind, cluster) as n_samples
from clusters
