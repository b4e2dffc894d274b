-- group_counts: how many judged predictions there are within each group of samples, and how many of them are right
-- grain: classifier, dataset, split, group_attribute, group_name
-- units: counts of samples
-- reads: judged_counts, cell_groups
-- note: accuracy_by_group has their shares and intervals
with by_cell as (
    select
        classifier_id,
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
)

select
    by_cell.classifier_id,
    by_cell.classifier,
    by_cell.attribute,
    by_cell.taxonomy,
    by_cell.dataset,
    by_cell.split,
    cell_groups.group_attribute,
    cell_groups.group_name,
    sum(by_cell.n_samples)::bigint as n_samples,
    sum(by_cell.n_correct)::bigint as n_correct
from by_cell
inner join cell_groups using (cell)
group by all
