-- top_n_accuracy(n): how often the label is among the n classes with the highest scores, by group
-- grain: aggregation, encoder, prompt_set, attribute, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: class_scores, sample_labels, judged_as, sample_cells, cell_groups, encoders, group_accuracy_of_counts
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

groups as (
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
        group_accuracy_of_counts(
            sum(by_cell.n_correct)::bigint, sum(by_cell.n_samples)::bigint
        ) as figures
    from by_cell
    inner join cell_groups using (cell)
    group by all
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
    groups.figures.n_samples,
    groups.figures.n_correct,
    groups.figures.accuracy,
    groups.figures.ci_low,
    groups.figures.ci_high
from groups
inner join encoders using (encoder_id)
