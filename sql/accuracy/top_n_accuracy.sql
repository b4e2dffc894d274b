-- top_n_accuracy(n): how often the label is among the n classes with the highest scores, by group
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval, of
-- n_effective samples: a person, or a picture and its copies, counts as one (see cluster_sizes)
-- reads: class_scores, sample_labels, judged_as, sample_cells, cell_groups, cluster_sizes, encoders, if_enough,
-- counted_by_cluster, wilson_clustered
-- note: equal scores count in order of the classes' ordinals; with n_classes of n or fewer it is 1 by
-- itself, so read it beside n_classes
with ranked as (
    select
        aggregation,
        encoder_id,
        prompt_set,
        attribute,
        sample_id,
        class,
        n_classes,
        row_number() over (
            partition by aggregation, encoder_id, prompt_set, attribute, sample_id
            order by score desc, ordinal asc
        ) as place,
        count(*) over (
            partition by aggregation, encoder_id, prompt_set, attribute, sample_id
        ) as n_scored
    from class_scores
),

judged as (
    select
        ranked.aggregation,
        ranked.encoder_id,
        ranked.prompt_set,
        ranked.attribute,
        sample_labels.taxonomy,
        sample_labels.dataset,
        sample_labels.split,
        ranked.sample_id,
        any_value(ranked.n_classes) as n_classes,
        bool_or(
            judged_as(sample_labels.taxonomy, sample_labels.attribute, ranked.class)
            = sample_labels.label
        ) as is_correct
    from ranked
    inner join sample_labels using (sample_id, attribute)
    where ranked.n_scored = ranked.n_classes and ranked.place <= n
    group by all
),

by_cell as (
    select
        judged.aggregation,
        judged.encoder_id,
        judged.prompt_set,
        judged.attribute,
        judged.taxonomy,
        judged.dataset,
        judged.split,
        sample_cells.cell,
        any_value(judged.n_classes) as n_classes,
        count(*) as n_samples,
        count(*) filter (where judged.is_correct) as n_correct
    from judged
    inner join sample_cells using (sample_id)
    group by all
),

groups as materialized (
    select
        by_cell.aggregation,
        by_cell.encoder_id,
        by_cell.prompt_set,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        any_value(by_cell.n_classes) as n_classes,
        sum(by_cell.n_correct)::bigint as n_correct,
        sum(by_cell.n_samples)::bigint as n_samples
    from by_cell
    inner join cell_groups using (cell)
    group by all
),

sized as (
    select
        groups.*,
        counted_by_cluster(groups.n_samples, cluster_sizes.mean_cluster_size) as n_effective
    from groups
    left join cluster_sizes
        on
            groups.attribute = cluster_sizes.attribute
            and groups.dataset = cluster_sizes.dataset
            and groups.split is not distinct from cluster_sizes.split
            and groups.group_attribute = cluster_sizes.group_attribute
            and groups.group_name = cluster_sizes.group_name
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from sized
)

select
    groups.aggregation,
    groups.encoder_id,
    encoders.name as encoder,
    groups.prompt_set,
    groups.attribute,
    groups.taxonomy,
    groups.dataset,
    groups.split,
    groups.group_attribute,
    groups.group_name,
    groups.n_classes,
    groups.n_samples,
    groups.n_correct,
    if_enough(groups.n_correct / nullif(groups.n_samples, 0), groups.n_samples) as accuracy,
    if_enough(groups.limits.low, groups.n_samples) as ci_low,
    if_enough(groups.limits.high, groups.n_samples) as ci_high,
    groups.n_effective
from intervals as groups
inner join encoders using (encoder_id)
