-- selective_accuracy_holds: what is taken grows with the coverage that is asked, up to all of each group
-- audits: selective_accuracy
-- reads: selective_accuracy, accuracy_by_group
-- todo: the view is wrong
with grown as (
    select
        *,
        lag(n_samples, 1, 0) over of_group as n_before,
        count(*) over of_whole_group as n_levels
    from selective_accuracy
    window
        of_group as (
            partition by classifier, dataset, split, group_attribute, group_name
            order by coverage_asked
        ),
        of_whole_group as (
            partition by classifier, dataset, split, group_attribute, group_name
        )
)

select
    grown.classifier,
    grown.dataset,
    grown.split,
    grown.coverage_asked,
    grown.group_attribute,
    grown.group_name,
    grown.n_group,
    grown.n_samples,
    grown.coverage,
    grown.accuracy
from grown
left join accuracy_by_group
    on
        grown.classifier = accuracy_by_group.classifier
        and grown.dataset = accuracy_by_group.dataset
        and grown.split is not distinct from accuracy_by_group.split
        and grown.group_attribute = accuracy_by_group.group_attribute
        and grown.group_name = accuracy_by_group.group_name
where
    grown.n_levels <> 6
    or coalesce(grown.n_group not between 1 and accuracy_by_group.n_samples, true)
    or coalesce(grown.n_samples not between grown.n_before and grown.n_group, true)
    or (grown.coverage_asked = 1 and grown.n_samples <> grown.n_group)
    or (
        grown.coverage_asked = 1
        and grown.n_group = accuracy_by_group.n_samples
        and grown.n_correct <> accuracy_by_group.n_correct
    )
    or abs(grown.coverage - grown.n_samples / grown.n_group) > 1e-9
    or (grown.group_name = 'overall' and grown.coverage < grown.coverage_asked - 1e-9)
    or grown.coverage not between grown.ci_low_coverage - 1e-9 and grown.ci_high_coverage + 1e-9
    or coalesce(grown.n_correct not between 0 and grown.n_samples, true)
    or abs(grown.accuracy - grown.n_correct / grown.n_samples) > 1e-9
    or grown.accuracy not between grown.ci_low - 1e-9 and grown.ci_high + 1e-9
