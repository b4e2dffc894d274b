-- age_errors_within(years): errors of predicted ages in years, and the share within a tolerance
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: mae (mean absolute error) and bias (predicted - true) in years; within_tolerance is a fraction
-- in [0, 1] of n_samples, with its 95 % Wilson interval; an error of just the tolerance counts;
-- ci_low_mae and ci_high_mae: 95 % interval of mae; both are of n_effective samples: a person, or a picture and its copies,
-- counts as one (see cluster_sizes)
-- reads: sample_age_errors, sample_cells, cell_groups, cluster_sizes, if_enough, counted_by_cluster, wilson_clustered,
-- mean_limits, t_975, seen_by
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

groups as materialized (
    select
        by_cell.classifier,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        sum(by_cell.n_within)::bigint as n_within,
        sum(by_cell.n_samples)::bigint as n_samples,
        sum(by_cell.sum_absolute) / sum(by_cell.n_samples) as mae,
        sum(by_cell.sum_signed) / sum(by_cell.n_samples) as bias,
        -- of the absolute errors
        greatest(
            0,
            sum(by_cell.sum_squares)
            - sum(by_cell.sum_absolute) ** 2 / sum(by_cell.n_samples)
        ) as sum_of_squares
    from by_cell
    inner join cell_groups using (cell)
    group by all
),

sized as (
    select
        groups.*,
        counted_by_cluster(groups.n_samples, cluster_sizes.mean_cluster_size) as n_effective,
        -- whole, as they are for the quantile of t; 1e-9 is more than what is lost in a division
        floor(n_effective * (1 + 1e-9))::bigint - 1 as n_free
    from groups
    left join cluster_sizes
        on
            cluster_sizes.attribute = 'age'
            and groups.dataset = cluster_sizes.dataset
            and groups.split is not distinct from cluster_sizes.split
            and groups.group_attribute = cluster_sizes.group_attribute
            and groups.group_name = cluster_sizes.group_name
),

limits as (
    select
        *,
        wilson_clustered(n_within, n_samples, n_effective) as ci,
        mean_limits(
            mae,
            t_975(n_free) * if(n_free > 0, sqrt(sum_of_squares / (n_effective - 1) / n_samples), null)
        ) as ci_mae
    from sized
)

select
    classifier,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    group_attribute,
    group_name,
    n_samples,
    if_enough(mae, n_samples) as mae,
    if_enough(bias, n_samples) as bias,
    if_enough(n_within / nullif(n_samples, 0), n_samples) as within_tolerance,
    if_enough(ci.low, n_samples) as ci_low,
    if_enough(ci.high, n_samples) as ci_high,
    if_enough(ci_mae.low, n_samples) as ci_low_mae,
    if_enough(ci_mae.high, n_samples) as ci_high_mae,
    n_effective
from limits
