-- replicated_ages(of_classifier, of_dataset, of_split, of_groups, seed, first_replicate, last_replicate): errors of
-- predicted ages of each group in each replicate of the samples
-- grain: group_name, measure, replicate
-- units: of mae, the value is in years; of within_8_years a fraction in [0, 1]; NULL where no sample of the group is drawn
-- reads: sample_age_errors, weight_units, sample_cells, cell_groups, replicate_keys, drawn_number, poisson_weight
-- note: arguments as those of replicated_counts
with errors as (
    select
        sample_cells.cell,
        weight_units.unit,
        abs(found.error) as error
    from sample_age_errors as found
    inner join weight_units using (sample_id)
    inner join sample_cells using (sample_id)
    where
        found.classifier_id = of_classifier
        and found.dataset = of_dataset
        and found.split is not distinct from of_split
),

rows_of_groups as materialized (
    select
        errors.unit,
        errors.error,
        cell_groups.group_name
    from errors
    inner join cell_groups using (cell)
    where cell_groups.group_attribute = of_groups
),

drawn as (
    select
        keys.replicate,
        each_row.group_name,
        each_row.error,
        drawn_number(each_row.unit, keys.key_one, keys.key_two) as number
    from rows_of_groups as each_row
    cross join replicate_keys(seed, first_replicate, last_replicate) as keys
),

weighted as (
    select
        replicate,
        group_name,
        error,
        poisson_weight(number) as weight
    from drawn
),

figures as (
    select
        replicate,
        group_name,
        sum(weight * error) / nullif(sum(weight), 0) as mae,
        sum(if(error <= 8, weight, 0)) / nullif(sum(weight), 0) as within_8_years
    from weighted
    group by all
)

select
    group_name,
    'mae' as measure,
    replicate,
    mae as value
from figures
union all
select
    group_name,
    'within_8_years' as measure,
    replicate,
    within_8_years as value
from figures
