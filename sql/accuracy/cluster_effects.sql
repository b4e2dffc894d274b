-- cluster_effects: how many independent samples the judged ones of a group are worth, where some show the same person
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: n_samples of n_clusters persons or pictures; mean_cluster_size is the mean over samples of how many of the group
-- are of the same cluster; icc in [0, 1] is how much being right hangs together within a cluster, estimated from all
-- groups of the attribute; design_effect is 1 + (mean_cluster_size - 1) icc, and n_effective n_samples by it
-- reads: cluster_counts, group_counts, intraclass_correlation
-- source: Rao and Scott 1992, 10.2307/2532311; Kish 1965; icc: Donner 1986, 10.2307/1403259
-- note: only groups in which two samples hang together: everywhere else n_effective is n_samples (see sample_clusters for
-- what hangs together). The icc is that within the groups, so that a difference between groups, which each person is in
-- one of, is not taken for one between persons; of the group 'overall' it is that of all samples
with sizes as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_clusters) as n_clusters,
        sum(n_in_cluster * n_clusters) as n_clustered,
        sum(n_in_cluster ** 2 * n_clusters) as sum_n_squared,
        sum(n_correct) as n_correct_clustered,
        sum(sum_n_correct_squared / n_in_cluster) as sum_of_squares
    from cluster_counts
    where is_judged
    group by all
),

asked as (
    select distinct
        classifier_id,
        dataset,
        split,
        group_attribute
    from sizes
),

-- every other sample is a cluster by itself
groups as (
    select
        group_counts.*,
        group_counts.n_samples - coalesce(sizes.n_clustered - sizes.n_clusters, 0) as n_clusters,
        group_counts.n_samples + coalesce(sizes.sum_n_squared - sizes.n_clustered, 0) as sum_n_squared,
        group_counts.n_correct + coalesce(sizes.sum_of_squares - sizes.n_correct_clustered, 0)
            as sum_of_squares
    from group_counts
    semi join asked
        on
            group_counts.classifier_id = asked.classifier_id
            and group_counts.dataset = asked.dataset
            and group_counts.split is not distinct from asked.split
            and group_counts.group_attribute = asked.group_attribute
    left join sizes
        on
            group_counts.classifier_id = sizes.classifier_id
            and group_counts.dataset = sizes.dataset
            and group_counts.split is not distinct from sizes.split
            and group_counts.group_attribute = sizes.group_attribute
            and group_counts.group_name = sizes.group_name
),

with_icc as (
    select
        *,
        sum_n_squared / n_samples as mean_cluster_size,
        intraclass_correlation(
            sum(n_samples) over kind,
            sum(n_correct) over kind,
            sum(n_clusters) over kind,
            count(*) over kind,
            sum(sum_n_squared / n_samples) over kind,
            sum(sum_of_squares) over kind,
            sum(n_correct ** 2 / n_samples) over kind
        ) as icc
    from groups
    window kind as (partition by classifier_id, dataset, split, group_attribute)
)

select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    n_clusters::bigint as n_clusters,
    mean_cluster_size,
    icc,
    1 + (mean_cluster_size - 1) * icc as design_effect,
    n_samples / (1 + (mean_cluster_size - 1) * icc) as n_effective
from with_icc
where n_clusters < n_samples
