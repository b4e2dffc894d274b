-- replicated_classes(of_classifier, of_dataset, of_split, of_groups, seed, first_replicate, last_replicate): balanced
-- accuracy and macro F1 of each group in each replicate of the samples
-- grain: group_name, measure, replicate
-- units: value is a fraction in [0, 1]; NULL where no sample of the group is drawn
-- reads: replicated_counts
-- note: arguments as those of replicated_counts. As in class_averages_by_group, balanced_accuracy is of the classes that
-- are drawn as a label, macro_f1 of those that are as a label or a prediction
with counts as materialized (
    select
        replicate,
        group_name,
        label,
        predicted,
        n_samples
    from replicated_counts(
        of_classifier, of_dataset, of_split, of_groups, seed, first_replicate, last_replicate
    )
),

sides as (
    select
        replicate,
        group_name,
        label as class,
        n_samples as n_labelled,
        0 as n_predicted,
        if(label = predicted, n_samples, 0) as n_right
    from counts
    union all
    select
        replicate,
        group_name,
        predicted as class,
        0 as n_labelled,
        n_samples as n_predicted,
        0 as n_right
    from counts
),

by_class as (
    select
        replicate,
        group_name,
        class,
        sum(n_labelled) as n_labelled,
        sum(n_right) / nullif(sum(n_labelled), 0) as recall,
        2 * sum(n_right) / nullif(sum(n_labelled) + sum(n_predicted), 0) as f1
    from sides
    group by all
),

figures as (
    select
        replicate,
        group_name,
        avg(recall) as balanced_accuracy,
        avg(f1) as macro_f1
    from by_class
    group by all
)

select
    group_name,
    'balanced_accuracy' as measure,
    replicate,
    balanced_accuracy as value
from figures
union all
select
    group_name,
    'macro_f1' as measure,
    replicate,
    macro_f1 as value
from figures
