-- cluster_effects_hold: clusters are counted sample by sample, and make a group worth between their number and its own
-- audits: cluster_effects, cluster_counts, group_counts
-- reads: cluster_effects, cluster_counts, group_counts, sample_judgements, sample_clusters, sample_groups
-- todo: the view is wrong
with members as (
    select
        sample_judgements.classifier_id,
        sample_judgements.dataset,
        sample_judgements.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        sample_clusters.kind,
        sample_clusters.cluster,
        count(*) as n,
        count(*) filter (where sample_judgements.is_correct) as n_right
    from sample_judgements
    inner join sample_groups using (sample_id)
    inner join sample_clusters using (sample_id)
    group by all
),

recounted as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n) as n_samples,
        count(*) as n_clusters,
        sum(n ** 2) / sum(n) as mean_cluster_size,
        sum(n_right) as n_correct,
        sum(n_right) filter (where n > 1) as n_correct_clustered,
        sum(n_right ** 2) filter (where n > 1) as sum_n_correct_squared
    from members
    group by all
),

counts as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_clusters * (n_in_cluster - 1)) as n_more,
        sum(n_correct) as n_correct,
        sum(sum_n_correct_squared) as sum_n_correct_squared
    from cluster_counts
    where is_judged
    group by all
)

select
    recounted.classifier_id,
    recounted.group_attribute,
    recounted.group_name,
    recounted.n_clusters,
    cluster_effects.n_clusters as n_clusters_of_view,
    cluster_effects.icc,
    cluster_effects.n_effective
from recounted
left join counts
    on
        recounted.classifier_id = counts.classifier_id
        and recounted.dataset = counts.dataset
        and recounted.split is not distinct from counts.split
        and recounted.group_attribute = counts.group_attribute
        and recounted.group_name = counts.group_name
left join cluster_effects
    on
        recounted.classifier_id = cluster_effects.classifier_id
        and recounted.dataset = cluster_effects.dataset
        and recounted.split is not distinct from cluster_effects.split
        and recounted.group_attribute = cluster_effects.group_attribute
        and recounted.group_name = cluster_effects.group_name
left join group_counts
    on
        recounted.classifier_id = group_counts.classifier_id
        and recounted.dataset = group_counts.dataset
        and recounted.split is not distinct from group_counts.split
        and recounted.group_attribute = group_counts.group_attribute
        and recounted.group_name = group_counts.group_name
where
    recounted.n_samples is distinct from group_counts.n_samples
    or recounted.n_correct is distinct from group_counts.n_correct
    or recounted.n_samples - recounted.n_clusters <> coalesce(counts.n_more, 0)
    or (
        recounted.n_samples > recounted.n_clusters
        and (
            recounted.n_correct_clustered is distinct from counts.n_correct
            or recounted.sum_n_correct_squared is distinct from counts.sum_n_correct_squared
            or cluster_effects.n_samples is distinct from recounted.n_samples
            or cluster_effects.n_clusters is distinct from recounted.n_clusters
            or coalesce(
                abs(cluster_effects.mean_cluster_size - recounted.mean_cluster_size) > 1e-9, true
            )
            or coalesce(cluster_effects.icc not between 0 and 1, true)
            or coalesce(
                abs(
                    cluster_effects.design_effect - 1
                    - (recounted.mean_cluster_size - 1) * cluster_effects.icc
                ) > 1e-9,
                true
            )
            or coalesce(
                abs(cluster_effects.n_effective * cluster_effects.design_effect - recounted.n_samples) > 1e-6,
                true
            )
        )
    )
    or (recounted.n_samples = recounted.n_clusters and cluster_effects.n_clusters is not null)
union all
-- what cannot be told is 1, and an icc is that of all groups of an attribute
select
    classifier_id,
    group_attribute,
    null as group_name,
    null as n_clusters,
    count(*) as n_clusters_of_view,
    max(icc) as icc,
    null as n_effective
from cluster_effects
group by classifier_id, dataset, split, group_attribute
having min(icc) <> max(icc)
union all
-- all predictions of a class hang together at least as often as the judged ones
select
    classifier_id,
    group_attribute,
    group_name,
    n_in_cluster as n_clusters,
    n_clusters as n_clusters_of_view,
    null as icc,
    null as n_effective
from cluster_counts
where
    n_in_cluster < 2
    or n_clusters < 1
    or (n_correct is null) = is_judged
    or (sum_n_correct_squared is null) = is_judged
union all
select
    judged.classifier_id,
    judged.group_attribute,
    judged.group_name,
    sum(judged.n_in_cluster * judged.n_clusters) filter (where judged.is_judged) as n_clusters,
    sum(judged.n_in_cluster * judged.n_clusters) filter (where not judged.is_judged)
        as n_clusters_of_view,
    null as icc,
    null as n_effective
from cluster_counts as judged
group by judged.classifier_id, judged.dataset, judged.split, judged.group_attribute, judged.group_name
having
    coalesce(
        sum(judged.n_in_cluster * judged.n_clusters) filter (where judged.is_judged), 0
    ) > coalesce(sum(judged.n_in_cluster * judged.n_clusters) filter (where not judged.is_judged), 0)
union all
select
    classifier_id,
    group_attribute,
    group_name,
    null as n_clusters,
    null as n_clusters_of_view,
    null as icc,
    null as n_effective
from group_counts
anti join recounted using (classifier_id, dataset, group_attribute, group_name)
