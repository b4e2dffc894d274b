-- accuracy_by_group_of_samples: accuracies made of counts are those made sample by sample
-- audits: accuracy_by_group, group_accuracy, sample_groups
-- reads: accuracy_by_group, judged_predictions, sample_groups, group_accuracy
-- todo: the view is wrong
with expected as (
    select
        judged_predictions.classifier,
        judged_predictions.dataset,
        judged_predictions.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        group_accuracy(judged_predictions.is_correct) as figures
    from judged_predictions
    inner join sample_groups using (sample_id)
    group by all
)

select
    coalesce(expected.classifier, found.classifier) as classifier,
    coalesce(expected.group_name, found.group_name) as group_name,
    expected.figures,
    found.accuracy
from expected
full join accuracy_by_group as found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_attribute = found.group_attribute
        and expected.group_name = found.group_name
where
    expected.figures.n_samples is distinct from found.n_samples
    or expected.figures.n_correct is distinct from found.n_correct
    or expected.figures.accuracy <> found.accuracy
    or expected.figures.ci_low <> found.ci_low
    or expected.figures.ci_high <> found.ci_high
