-- sample_clusters_hold: every sample is in one cluster: of its person, of its picture, or by itself, and is counted there
-- audits: sample_clusters
-- reads: sample_clusters, samples, excluded_samples
-- todo: the view is wrong
with counted as (
    select
        dataset,
        split,
        kind,
        cluster,
        count(*) as n_samples
    from sample_clusters
    group by all
)

select
    samples.sample_id,
    samples.person_id,
    sample_clusters.kind,
    sample_clusters.cluster,
    sample_clusters.n_samples
from samples
left join sample_clusters using (sample_id)
left join counted
    on
        samples.dataset = counted.dataset
        and samples.split is not distinct from counted.split
        and sample_clusters.kind = counted.kind
        and sample_clusters.cluster = counted.cluster
where
    counted.n_samples is distinct from sample_clusters.n_samples
    or coalesce(sample_clusters.kind not in ('person', 'picture', 'sample'), true)
    or (
        samples.person_id is not null
        and (sample_clusters.kind, sample_clusters.cluster) <> ('person', samples.person_id)
    )
    or (
        sample_clusters.kind = 'picture'
        and samples.image_id is distinct from sample_clusters.cluster
        and not exists (
            select 1
            from excluded_samples
            where excluded_samples.sample_id = samples.sample_id
        )
    )
    or (
        sample_clusters.kind = 'sample'
        and (samples.image_id is not null or sample_clusters.n_samples <> 1)
    )
union all
select
    sample_id,
    null as person_id,
    kind,
    cluster,
    n_samples
from sample_clusters
where sample_id not in (select sample_id from samples)
