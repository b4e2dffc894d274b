-- current_cluster_counts(of_all): predictions by how many there are of the same person or picture, counted now
-- grain: classifier, dataset, split, group_attribute, group_name, is_judged, n_in_cluster
-- units: n_in_cluster is how many of the group are in each of n_clusters clusters: judged predictions, or where is_judged is
-- false all of a class; n_correct counts the right ones of all of these clusters, sum_n_correct_squared adds up the
-- squares of the right ones of each; both are NULL where they are not judged
-- reads: sample_cluster_keys, predictions_to_count, predictions, kept_sample_cells, kept_cell_groups,
-- kept_prediction_counts, labels, label_taxonomies, judged_as
-- note: of attributes with a group in which two samples hang together (see sample_clusters); samples that are a cluster by
-- themselves have an n_in_cluster of 1 where they are judged. Cells and predictions are kept as counts before
with shared as (
    select
        dataset,
        split,
        kind,
        cluster,
        row_number() over () as cluster_number
    from sample_cluster_keys(of_all)
    group by all
    having count(*) > 1
),

-- by themselves first: where no two samples hang together, nothing is joined with them
clustered as materialized (
    select
        keys.sample_id,
        keys.dataset,
        keys.split,
        shared.cluster_number
    from sample_cluster_keys(of_all) as keys
    inner join shared
        on
            keys.dataset = shared.dataset
            and keys.split is not distinct from shared.split
            and keys.kind = shared.kind
            and keys.cluster = shared.cluster
),

asked_predictions as (
    select
        predictions.classifier_id,
        predictions.sample_id,
        predictions.predicted
    from predictions
    semi join predictions_to_count(of_all) as asked on predictions.classifier_id = asked.classifier_id
    where predictions.predicted is not null
),

of_clusters as (
    select
        asked.classifier_id,
        asked.attribute,
        clustered.dataset,
        clustered.split,
        clustered.cluster_number,
        kept_sample_cells.cell,
        labels.label,
        asked_predictions.predicted,
        count(*) as n_samples
    from asked_predictions
    inner join clustered on asked_predictions.sample_id = clustered.sample_id
    inner join predictions_to_count(of_all) as asked
        on
            asked_predictions.classifier_id = asked.classifier_id
            and clustered.dataset = asked.dataset
    inner join kept_sample_cells on clustered.sample_id = kept_sample_cells.sample_id
    left join labels
        on
            clustered.sample_id = labels.sample_id
            and asked.attribute = labels.attribute
    group by all
),

-- all samples as well, as one that stands for no cluster
judged as (
    select
        counts.*,
        counts.label
        = judged_as(label_taxonomies.taxonomy, counts.attribute, counts.predicted) as is_correct
    from (
        select * from of_clusters
        union all
        select
            asked.classifier_id,
            asked.attribute,
            kept_prediction_counts.dataset,
            kept_prediction_counts.split,
            0 as cluster_number,
            kept_prediction_counts.cell,
            kept_prediction_counts.label,
            kept_prediction_counts.predicted,
            kept_prediction_counts.n_samples
        from kept_prediction_counts
        inner join predictions_to_count(of_all) as asked
            on
                kept_prediction_counts.classifier_id = asked.classifier_id
                and kept_prediction_counts.dataset = asked.dataset
        where
            kept_prediction_counts.predicted is not null
            and exists (from clustered)
    ) as counts
    left join label_taxonomies
        on
            counts.dataset = label_taxonomies.dataset
            and counts.attribute = label_taxonomies.attribute
),

by_cell as (
    select
        classifier_id,
        dataset,
        split,
        cluster_number,
        cell,
        sum(n_samples) as n_predicted,
        coalesce(sum(n_samples) filter (where label is not null), 0) as n_judged,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_correct
    from judged
    group by all
),

by_group as (
    select
        by_cell.classifier_id,
        by_cell.dataset,
        by_cell.split,
        by_cell.cluster_number,
        kept_cell_groups.group_attribute,
        kept_cell_groups.group_name,
        sum(by_cell.n_predicted) as n_predicted,
        sum(by_cell.n_judged) as n_judged,
        sum(by_cell.n_correct) as n_correct
    from by_cell
    inner join kept_cell_groups using (cell)
    group by all
),

sizes as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        unnest([
            { 'is_judged': true, 'n_in_cluster': n_judged, 'n_correct': n_correct },
            { 'is_judged': false, 'n_in_cluster': n_predicted, 'n_correct': null }
        ]) as size
    from by_group
    where cluster_number > 0
),

several as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        size.is_judged,
        size.n_in_cluster::bigint as n_in_cluster,
        count(*) as n_clusters,
        sum(size.n_correct)::bigint as n_correct,
        sum(size.n_correct ** 2)::bigint as sum_n_correct_squared
    from sizes
    where size.n_in_cluster > 1
    group by all
),

sums as (
    select
        classifier_id,
        dataset,
        split,
        group_attribute,
        group_name,
        sum(n_in_cluster * n_clusters) as n_judged,
        sum(n_correct) as n_correct
    from several
    where is_judged
    group by all
),

singles as (
    select
        by_group.classifier_id,
        by_group.dataset,
        by_group.split,
        by_group.group_attribute,
        by_group.group_name,
        by_group.n_judged - coalesce(sums.n_judged, 0) as n_clusters,
        by_group.n_correct - coalesce(sums.n_correct, 0) as n_correct,
        bool_or(sums.n_judged is not null) over (
            partition by
                by_group.classifier_id, by_group.dataset, by_group.split, by_group.group_attribute
        ) as is_asked
    from by_group
    left join sums
        on
            by_group.classifier_id = sums.classifier_id
            and by_group.dataset = sums.dataset
            and by_group.split is not distinct from sums.split
            and by_group.group_attribute = sums.group_attribute
            and by_group.group_name = sums.group_name
    where by_group.cluster_number = 0
)

select * from several
union all
select
    classifier_id,
    dataset,
    split,
    group_attribute,
    group_name,
    true as is_judged,
    1 as n_in_cluster,
    n_clusters::bigint as n_clusters,
    n_correct::bigint as n_correct,
    n_correct::bigint as sum_n_correct_squared
from singles
where is_asked and n_clusters > 0
