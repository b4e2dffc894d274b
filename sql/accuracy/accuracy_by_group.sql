-- accuracy_by_group: share of right predictions within each group of samples
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: accuracy is a fraction in [0, 1] of n_samples; ci_low and ci_high: 95 % Wilson interval
-- reads: judged_counts, cell_groups, group_accuracy_of_counts, seen_by
-- note: a group with fewer than min_samples samples (a setting of the store) has no rates
with by_cell as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        cell,
        sum(n_samples) as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_correct
    from judged_counts
    group by all
),

groups as (
    select
        by_cell.classifier,
        by_cell.attribute,
        by_cell.taxonomy,
        by_cell.dataset,
        by_cell.split,
        cell_groups.group_attribute,
        cell_groups.group_name,
        group_accuracy_of_counts(
            sum(by_cell.n_correct)::bigint, sum(by_cell.n_samples)::bigint
        ) as figures
    from by_cell
    inner join cell_groups using (cell)
    group by all
)

select
    * exclude (figures),
    seen_by(classifier, dataset, split) as seen,
    figures.*
from groups
