-- cluster_effects_hold: clusters counted sample by sample hang together as the view says, wherever predictions are counted
-- audits: cluster_effects
-- reads: cluster_effects, counted_predictions, sample_judgements, sample_clusters, sample_groups
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
        avg(sample_judgements.is_correct::integer) as share
    from sample_judgements
    inner join sample_groups using (sample_id)
    inner join sample_clusters using (sample_id)
    inner join counted_predictions
        on
            sample_judgements.classifier_id = counted_predictions.classifier_id
            and sample_judgements.dataset = counted_predictions.dataset
    group by all
),

with_means as (
    select
        *,
        sum(n * share) over of_group / sum(n) over of_group as share_of_group,
        n / sum(n) over of_group as weight
    from members
    window of_group as (partition by classifier_id, dataset, split, group_attribute, group_name)
),

squares as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        count(*) - count(distinct group_name) as n_free,
        sum(n) - count(*) as n_more,
        sum(n * (share - share_of_group) ** 2) / nullif(n_free, 0) as between_clusters,
        sum(n * share * (1 - share)) / nullif(n_more, 0) as within_clusters,
        (sum(n) - sum(n * weight)) / nullif(n_free, 0) as size
    from with_means
    group by all
),

correlations as (
    select
        *,
        greatest(
            0,
            coalesce(
                (between_clusters - within_clusters)
                / nullif(between_clusters + (size - 1) * within_clusters, 0),
                1
            )
        ) as icc
    from squares
),

groups as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n) as n_samples,
        count(*) as n_clusters,
        sum(n * weight) as mean_cluster_size
    from with_means
    group by all
),

recounted as (
    select
        groups.*,
        correlations.icc
    from groups
    inner join correlations
        on
            groups.classifier_id = correlations.classifier_id
            and groups.dataset = correlations.dataset
            and groups.split is not distinct from correlations.split
            and groups.group_attribute = correlations.group_attribute
    where groups.n_clusters < groups.n_samples
)

select
    recounted.*,
    cluster_effects.n_clusters as n_clusters_of_view,
    cluster_effects.icc as icc_of_view,
    cluster_effects.n_effective
from recounted
full join cluster_effects
    on
        recounted.classifier_id = cluster_effects.classifier_id
        and recounted.dataset = cluster_effects.dataset
        and recounted.split is not distinct from cluster_effects.split
        and recounted.group_attribute = cluster_effects.group_attribute
        and recounted.group_name = cluster_effects.group_name
where
    recounted.n_samples is distinct from cluster_effects.n_samples
    or recounted.n_clusters is distinct from cluster_effects.n_clusters
    or not coalesce(
        abs(recounted.mean_cluster_size - cluster_effects.mean_cluster_size) < 1e-9
        and abs(recounted.icc - cluster_effects.icc) < 1e-9
        and abs(
            cluster_effects.design_effect - 1 - (recounted.mean_cluster_size - 1) * recounted.icc
        ) < 1e-9
        and abs(cluster_effects.n_effective * cluster_effects.design_effect - recounted.n_samples) < 1e-6,
        false
    )
