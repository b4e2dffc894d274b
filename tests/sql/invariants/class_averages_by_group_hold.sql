-- class_averages_by_group_hold: averages over classes by group are those of the whole where the group is all samples, and
-- of a group of one label its recall
-- audits: class_averages_by_group
-- reads: class_averages_by_group, classifier_summary, accuracy_by_group
-- todo: the view is wrong
select
    averages.classifier,
    averages.dataset,
    averages.split,
    averages.group_attribute,
    averages.group_name
from accuracy_by_group as groups
left join class_averages_by_group as averages
    on
        groups.classifier = averages.classifier
        and groups.dataset = averages.dataset
        and groups.split is not distinct from averages.split
        and groups.group_attribute = averages.group_attribute
        and groups.group_name = averages.group_name
left join classifier_summary as summary
    on
        groups.group_attribute = 'overall'
        and groups.classifier = summary.classifier
        and groups.dataset = summary.dataset
        and groups.split is not distinct from summary.split
where
    averages.n_samples is distinct from groups.n_samples
    or averages.attribute is distinct from groups.attribute
    or averages.taxonomy is distinct from groups.taxonomy
    or (averages.balanced_accuracy is null) is distinct from (groups.accuracy is null)
    or (averages.macro_f1 is null) is distinct from (groups.accuracy is null)
    or averages.balanced_accuracy not between averages.ci_low - 1e-9 and averages.ci_high + 1e-9
    or averages.ci_low < 0
    or averages.ci_high > 1
    or averages.macro_f1 not between 0 and 1
    or averages.n_classes < 1
    or coalesce(abs(averages.n_effective - groups.n_effective) > 1e-6, true)
    or (averages.n_classes = 1 and abs(averages.balanced_accuracy - groups.accuracy) > 1e-9)
    or (
        groups.group_attribute = 'overall'
        and (
            averages.n_classes is distinct from summary.n_classes
            or abs(averages.balanced_accuracy - summary.balanced_accuracy) > 1e-9
            or abs(averages.macro_f1 - summary.macro_f1) > 1e-9
        )
    )
