-- current_cluster_sizes(of_all): how many labelled samples of each group hang together, counted now
-- grain: attribute, dataset, split, group_attribute, group_name
-- units: counts of samples with a label of the attribute, and of their clusters, a sample that is one by itself included;
-- sum_of_squares adds up the squares of how many samples of the group each cluster has
-- reads: kept_sample_clusters, kept_sample_cells, kept_cell_groups, labels, samples, datasets_to_count
-- note: of groups in which two samples hang together. Clusters and cells are kept before
with asked as (
    select dataset
    from datasets_to_count(of_all)
    intersect
    select dataset
    from kept_sample_clusters
),

-- samples by themselves are counted together, as cluster NULL
by_cell as (
    select
        labels.attribute,
        samples.dataset,
        samples.split,
        kept_sample_cells.cell,
        kept_sample_clusters.cluster_number,
        count(*) as n_samples
    from labels
    inner join samples on labels.sample_id = samples.sample_id
    semi join asked on samples.dataset = asked.dataset
    inner join kept_sample_cells on labels.sample_id = kept_sample_cells.sample_id
    left join kept_sample_clusters on labels.sample_id = kept_sample_clusters.sample_id
    group by all
),

by_cluster as (
    select
        by_cell.attribute,
        by_cell.dataset,
        by_cell.split,
        kept_cell_groups.group_attribute,
        kept_cell_groups.group_name,
        by_cell.cluster_number,
        sum(by_cell.n_samples)::bigint as n_samples
    from by_cell
    inner join kept_cell_groups using (cell)
    group by all
)

select
    attribute,
    dataset,
    split,
    group_attribute,
    group_name,
    sum(n_samples)::bigint as n_samples,
    sum(if(cluster_number is null, n_samples, 1))::bigint as n_clusters,
    sum(if(cluster_number is null, n_samples, n_samples ** 2))::bigint as sum_of_squares
from by_cluster
group by attribute, dataset, split, group_attribute, group_name
having sum(if(cluster_number is null, n_samples, n_samples ** 2)) > sum(n_samples)
