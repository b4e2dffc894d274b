-- age_errors_within(years): errors of predicted ages in years, and the share within a tolerance
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_tolerance is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; an error of just the tolerance counts
-- reads: predictions, classifiers, samples, labels, sample_cells, cell_groups, if_enough, group_accuracy_of_counts,
-- known_number, seen_by
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with errors as (
    select
        classifiers.name as classifier,
        samples.dataset,
        samples.split,
        predictions.sample_id,
        known_number(predictions.value) - known_number(labels.value) as error
    from predictions
    inner join classifiers using (classifier_id)
    inner join samples using (sample_id)
    inner join labels using (sample_id, attribute)
    where
        classifiers.attribute = 'age'
        and known_number(predictions.value) is not null
        and known_number(labels.value) is not null
),

by_cell as (
    select
        errors.classifier,
        errors.dataset,
        errors.split,
        sample_cells.cell,
        count(*) as n_samples,
        count(*) filter (where abs(errors.error) <= years) as n_within,
        sum(abs(errors.error)) as sum_absolute,
        sum(errors.error) as sum_signed
    from errors
    inner join sample_cells using (sample_id)
    group by all
),

groups as (
    select
        by_cell.classifier,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        group_accuracy_of_counts(
            sum(by_cell.n_within)::bigint, sum(by_cell.n_samples)::bigint
        ) as figures,
        sum(by_cell.sum_absolute) / sum(by_cell.n_samples) as mae,
        sum(by_cell.sum_signed) / sum(by_cell.n_samples) as bias
    from by_cell
    inner join cell_groups using (cell)
    group by all
)

select
    classifier,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    group_attribute,
    group_name,
    figures.n_samples,
    if_enough(mae, figures.n_samples) as mae,
    if_enough(bias, figures.n_samples) as bias,
    figures.accuracy as within_tolerance,
    figures.ci_low,
    figures.ci_high
from groups
