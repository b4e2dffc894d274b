-- replicated_counts(of_classifier, of_dataset, of_split, of_groups, seed, first_replicate, last_replicate): the confusion
-- matrix of each group in each replicate of the samples
-- grain: replicate, group_name, label, predicted
-- units: n_samples counts samples as often as their weight says
-- reads: sample_judgements, weight_units, sample_cells, cell_groups, replicate_keys, drawn_number, poisson_weight
-- note: of_classifier is a classifier_id, of_groups a group_attribute, 'overall' for all samples; of_split may be NULL.
-- Memory goes by the numbers of replicates and of classes, and not by that of samples
with judged as (
    select
        sample_cells.cell,
        weight_units.unit,
        judged.label,
        judged.predicted
    from sample_judgements as judged
    inner join weight_units using (sample_id)
    inner join sample_cells using (sample_id)
    where
        judged.classifier_id = of_classifier
        and judged.dataset = of_dataset
        and judged.split is not distinct from of_split
),

rows_of_groups as materialized (
    select
        judged.unit,
        cell_groups.group_name,
        judged.label,
        judged.predicted
    from judged
    inner join cell_groups using (cell)
    where cell_groups.group_attribute = of_groups
),

-- numbered, as they are grouped by half a thousand times
outcomes as materialized (
    select
        group_name,
        label,
        predicted,
        row_number() over () as outcome
    from rows_of_groups
    group by all
),

numbered as materialized (
    select
        rows_of_groups.unit,
        outcomes.outcome
    from rows_of_groups
    inner join outcomes using (group_name, label, predicted)
),

drawn as (
    select
        keys.replicate,
        numbered.outcome,
        drawn_number(numbered.unit, keys.key_one, keys.key_two) as number
    from numbered
    cross join replicate_keys(seed, first_replicate, last_replicate) as keys
),

counts as (
    select
        replicate,
        outcome,
        sum(poisson_weight(number))::bigint as n_samples
    from drawn
    group by all
)

select
    counts.replicate,
    outcomes.group_name,
    outcomes.label,
    outcomes.predicted,
    counts.n_samples
from counts
inner join outcomes using (outcome)
