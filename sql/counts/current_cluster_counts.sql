-- current_cluster_counts(of_all): predictions of the same person or picture, counted now
-- grain: classifier, dataset, split, group_attribute, group_name, is_judged, n_in_cluster
-- units: as those of cluster_counts
-- reads: sample_cluster_keys, predictions_to_count, predictions, sample_cells, cell_groups, labels, label_taxonomies,
-- judged_as
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

counts as (
    select
        asked.classifier_id,
        asked.attribute,
        clustered.dataset,
        clustered.split,
        clustered.cluster_number,
        sample_cells.cell,
        labels.label,
        asked_predictions.predicted,
        count(*) as n_samples
    from asked_predictions
    inner join clustered on asked_predictions.sample_id = clustered.sample_id
    inner join predictions_to_count(of_all) as asked
        on
            asked_predictions.classifier_id = asked.classifier_id
            and clustered.dataset = asked.dataset
    inner join sample_cells on clustered.sample_id = sample_cells.sample_id
    left join labels
        on
            clustered.sample_id = labels.sample_id
            and asked.attribute = labels.attribute
    group by all
),

judged as (
    select
        counts.*,
        counts.label = judged_as(label_taxonomies.taxonomy, counts.attribute, counts.predicted) as is_correct
    from counts
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
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(by_cell.n_predicted) as n_predicted,
        sum(by_cell.n_judged) as n_judged,
        sum(by_cell.n_correct) as n_correct
    from by_cell
    inner join cell_groups using (cell)
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
)

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
