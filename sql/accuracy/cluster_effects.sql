-- cluster_effects: how many independent samples the judged ones of a group are worth, where some show the same person
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: n_samples of n_clusters persons or pictures; mean_cluster_size is the mean over samples of how many of the group
-- are of the same cluster; icc in [0, 1] is how much being right hangs together within a cluster, estimated from all
-- groups of the attribute; design_effect is 1 + (mean_cluster_size - 1) icc, and n_effective n_samples by it
-- reads: kept_cluster_counts, classifiers, intraclass_correlation
-- source: Rao and Scott 1992, 10.2307/2532311; icc: Donner 1986, 10.2307/1403259
-- note: only groups in which two samples hang together: everywhere else n_effective is n_samples (see sample_clusters for
-- what hangs together). The icc is that within the groups, so that a difference between groups, which each person is in
-- one of, is not taken for one between persons; of the group 'overall' it is that of all samples. Counted at the end of a
-- command that writes: of predictions that it was killed before, it is the next one that does
with sizes as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_in_cluster * n_clusters)::double as n_samples,
        sum(n_clusters)::double as n_clusters,
        sum(n_in_cluster ** 2 * n_clusters) / n_samples as mean_cluster_size,
        sum(n_correct)::double as n_correct,
        sum(sum_n_correct_squared / n_in_cluster) as sum_of_squares
    from kept_cluster_counts
    where is_judged
    group by all
),

with_icc as (
    select
        *,
        intraclass_correlation(
            sum(n_samples) over kind,
            sum(n_correct) over kind,
            sum(n_clusters) over kind,
            count(*) over kind,
            sum(mean_cluster_size) over kind,
            sum(sum_of_squares) over kind,
            sum(n_correct ** 2 / n_samples) over kind
        ) as icc
    from sizes
    window kind as (partition by classifier_id, dataset, split, group_attribute)
),

effects as (
    select
        *,
        1 + (mean_cluster_size - 1) * icc as design_effect
    from with_icc
    where n_clusters < n_samples
)

select
    effects.classifier_id,
    classifiers.name as classifier,
    classifiers.attribute,
    effects.dataset,
    effects.split,
    effects.group_attribute,
    effects.group_name,
    effects.n_samples::bigint as n_samples,
    effects.n_clusters::bigint as n_clusters,
    effects.mean_cluster_size,
    effects.icc,
    effects.design_effect,
    effects.n_samples / effects.design_effect as n_effective
from effects
inner join classifiers using (classifier_id)
