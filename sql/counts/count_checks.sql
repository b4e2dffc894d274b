-- count_checks: whether what is kept as counts is what counting now would give
-- grain: dataset, classifier_id
-- units: classifier_id is NULL where labels and cells of a data set were compared, and not predictions
-- reads: counted_datasets, counted_predictions, kept_label_counts, kept_sample_cells, kept_cell_counts, kept_cell_groups,
-- kept_sample_clusters, kept_cluster_sizes, kept_prediction_counts, kept_cluster_counts, current_label_counts, current_sample_cells,
-- current_cell_counts, current_cell_groups, current_sample_clusters, current_cluster_sizes, current_prediction_counts,
-- current_cluster_counts, group_attributes
-- note: it counts everything again, so it costs a pass over all predictions. What changes without facestore is not
-- counted again by itself: `facestore doctor --repair` does that
with label_counts_of_both as (
    select
        *,
        1 as sign
    from kept_label_counts
    union all by name
    select
        *,
        -1 as sign
    from current_label_counts(true)
),

cell_counts_of_both as (
    select
        *,
        1 as sign
    from kept_cell_counts
    union all by name
    select
        *,
        -1 as sign
    from current_cell_counts(true)
),

cell_groups_of_both as (
    select
        *,
        1 as sign
    from kept_cell_groups
    union all by name
    select
        *,
        -1 as sign
    from current_cell_groups(true)
),

sample_clusters_of_both as (
    select
        *,
        1 as sign
    from kept_sample_clusters
    union all by name
    select
        *,
        -1 as sign
    from current_sample_clusters(true)
),

cluster_sizes_of_both as (
    select
        *,
        1 as sign
    from kept_cluster_sizes
    union all by name
    select
        *,
        -1 as sign
    from current_cluster_sizes(true)
),

prediction_counts_of_both as (
    select
        *,
        1 as sign
    from kept_prediction_counts
    union all by name
    select
        *,
        -1 as sign
    from current_prediction_counts(true)
),

cluster_counts_of_both as (
    select
        *,
        1 as sign
    from kept_cluster_counts
    union all by name
    select
        *,
        -1 as sign
    from current_cluster_counts(true)
),

compared as (
    select
        dataset,
        null as classifier_id,
        concat_ws(chr(31), 'label', coalesce(split, chr(30)), attribute, label) as what,
        sign * n_samples as n
    from label_counts_of_both
    union all
    select
        dataset,
        null as classifier_id,
        concat_ws(chr(31), 'cell', cell, coalesce(split, chr(30)), is_excluded) as what,
        sign * n_samples as n
    from cell_counts_of_both
    union all
    select
        dataset,
        null as classifier_id,
        concat_ws(chr(31), 'group', cell, group_attribute, group_name) as what,
        sign as n
    from cell_groups_of_both
    union all
    select
        dataset,
        null as classifier_id,
        concat_ws(
            chr(31), 'sample', sample_id, coalesce(split, chr(30)), cluster_number, first_path
        ) as what,
        sign as n
    from sample_clusters_of_both
    union all
    select
        dataset,
        null as classifier_id,
        concat_ws(
            chr(31),
            'size',
            attribute,
            coalesce(split, chr(30)),
            group_attribute,
            group_name,
            n_clusters,
            sum_of_squares
        ) as what,
        sign * n_samples as n
    from cluster_sizes_of_both
    union all
    select
        dataset,
        classifier_id,
        concat_ws(
            chr(31),
            cell,
            coalesce(split, chr(30)),
            is_excluded,
            coalesce(label, chr(30)),
            coalesce(predicted, chr(30)),
            n_ties
        ) as what,
        sign * n_samples as n
    from prediction_counts_of_both
    union all
    select
        dataset,
        classifier_id,
        concat_ws(
            chr(31),
            'cluster',
            coalesce(split, chr(30)),
            group_attribute,
            group_name,
            is_judged,
            n_in_cluster,
            coalesce(n_correct, -1),
            coalesce(sum_n_correct_squared, -1)
        ) as what,
        sign * n_clusters as n
    from cluster_counts_of_both
),

counts_that_differ as (
    select
        dataset,
        classifier_id
    from compared
    group by dataset, classifier_id, what
    having sum(n) <> 0
),

-- sample by sample, as two of them may have changed places
cells_that_differ as (
    select
        coalesce(kept.dataset, now_there.dataset) as dataset,
        null as classifier_id
    from kept_sample_cells as kept
    full join current_sample_cells(true) as now_there
        on
            kept.sample_id = now_there.sample_id
            and kept.dataset = now_there.dataset
    where kept.cell is distinct from now_there.cell
),

attributes_that_differ as (
    select
        dataset,
        null as classifier_id
    from counted_datasets
    where
        attributes is distinct from (
            select coalesce(list(attribute order by place), [])
            from group_attributes
        )
),

differing as (
    select * from counts_that_differ
    union
    select * from cells_that_differ
    union
    select * from attributes_that_differ
),

-- counts without a row that says so are added to what a view counts itself
kept as (
    select
        dataset,
        null as classifier_id
    from counted_datasets
    union
    select
        dataset,
        classifier_id
    from counted_predictions
    union
    select
        dataset,
        null as classifier_id
    from kept_label_counts
    union
    select
        dataset,
        null as classifier_id
    from kept_sample_cells
    union
    select
        dataset,
        null as classifier_id
    from kept_cell_counts
    union
    select
        dataset,
        null as classifier_id
    from kept_cell_groups
    union
    select
        dataset,
        null as classifier_id
    from kept_sample_clusters
    union
    select
        dataset,
        null as classifier_id
    from kept_cluster_sizes
    union
    select
        dataset,
        classifier_id
    from kept_prediction_counts
    union
    select
        dataset,
        classifier_id
    from kept_cluster_counts
)

select
    kept.dataset,
    kept.classifier_id,
    differing.dataset is null and (
        kept.dataset in (select dataset from counted_datasets)
        and (
            kept.classifier_id is null
            or (kept.dataset, kept.classifier_id) in (
                select
                    dataset,
                    classifier_id
                from counted_predictions
            )
        )
    ) as is_current
from kept
left join differing
    on
        kept.dataset = differing.dataset
        and kept.classifier_id is not distinct from differing.classifier_id
