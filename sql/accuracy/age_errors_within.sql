-- age_errors_within(years): errors of predicted ages in years, and the share within a tolerance
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_tolerance is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; an error of just the tolerance counts;
-- ci_low_mae and ci_high_mae: 95 % interval of mae
-- reads: sample_age_errors, sample_cells, cell_groups, if_enough, group_accuracy_of_counts, mean_limits, t_975,
-- seen_by
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with by_cell as (
    select
        errors.classifier,
        errors.dataset,
        errors.split,
        sample_cells.cell,
        count(*) as n_samples,
        count(*) filter (where abs(errors.error) <= years) as n_within,
        sum(abs(errors.error)) as sum_absolute,
        sum(errors.error) as sum_signed,
        sum(errors.error ** 2) as sum_squares
    from sample_age_errors as errors
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
        sum(by_cell.sum_signed) / sum(by_cell.n_samples) as bias,
        -- of the absolute errors
        sqrt(
            greatest(
                0,
                sum(by_cell.sum_squares)
                - sum(by_cell.sum_absolute) ** 2 / sum(by_cell.n_samples)
            ) / nullif(sum(by_cell.n_samples) - 1, 0) / sum(by_cell.n_samples)
        ) as standard_error
    from by_cell
    inner join cell_groups using (cell)
    group by all
),

limits as (
    select
        *,
        mean_limits(mae, t_975(figures.n_samples - 1) * standard_error) as ci_mae
    from groups
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
    figures.ci_high,
    if_enough(ci_mae.low, figures.n_samples) as ci_low_mae,
    if_enough(ci_mae.high, figures.n_samples) as ci_high_mae
from limits
