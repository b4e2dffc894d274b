-- cluster_sizes_hold: labelled samples counted one by one hang together as the view says, wherever data sets are counted
-- audits: cluster_sizes
-- reads: cluster_sizes, counted_datasets, labels, sample_clusters, sample_groups
-- todo: the view is wrong
with members as (
    select
        labels.attribute,
        sample_clusters.dataset,
        sample_clusters.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        sample_clusters.kind,
        sample_clusters.cluster,
        count(*) as n
    from labels
    inner join sample_clusters using (sample_id)
    inner join sample_groups using (sample_id)
    where sample_clusters.dataset in (select dataset from counted_datasets)
    group by all
),

recounted as (
    select
        attribute,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n) as n_samples,
        count(*) as n_clusters,
        sum(n ** 2) / sum(n) as mean_cluster_size
    from members
    group by all
    having count(*) < sum(n)
)

select
    recounted.*,
    cluster_sizes.n_samples as n_samples_of_view,
    cluster_sizes.n_clusters as n_clusters_of_view,
    cluster_sizes.mean_cluster_size as mean_of_view
from recounted
full join cluster_sizes
    on
        recounted.attribute = cluster_sizes.attribute
        and recounted.dataset = cluster_sizes.dataset
        and recounted.split is not distinct from cluster_sizes.split
        and recounted.group_attribute = cluster_sizes.group_attribute
        and recounted.group_name = cluster_sizes.group_name
where
    recounted.n_samples is distinct from cluster_sizes.n_samples
    or recounted.n_clusters is distinct from cluster_sizes.n_clusters
    or not coalesce(abs(recounted.mean_cluster_size - cluster_sizes.mean_cluster_size) < 1e-9, false)
