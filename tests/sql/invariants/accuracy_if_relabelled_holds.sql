-- accuracy_if_relabelled_holds: the accuracy lies within its bounds, and is that of the summary
-- audits: accuracy_if_relabelled
-- reads: accuracy_if_relabelled, accuracy_by_group
-- todo: the view is wrong
select
    accuracy_by_group.classifier,
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    accuracy_by_group.n_samples as n_samples_expected,
    bounds.n_samples,
    bounds.n_suspects,
    bounds.accuracy,
    bounds.accuracy_low,
    bounds.accuracy_high,
    bounds.accuracy_relabelled
from accuracy_by_group
left join accuracy_if_relabelled as bounds
    on
        accuracy_by_group.classifier = bounds.classifier
        and accuracy_by_group.dataset = bounds.dataset
        and accuracy_by_group.split is not distinct from bounds.split
where
    accuracy_by_group.group_attribute = 'overall'
    and (
        bounds.n_samples is distinct from accuracy_by_group.n_samples
        or (bounds.n_suspects between 0 and bounds.n_samples) is not true
        or (abs(bounds.accuracy - accuracy_by_group.n_correct / accuracy_by_group.n_samples) < 1e-9)
        is not true
        or (bounds.accuracy_low between 0 and bounds.accuracy) is not true
        or (bounds.accuracy_high between bounds.accuracy and 1) is not true
        or (bounds.accuracy_relabelled between bounds.accuracy_low and bounds.accuracy_high)
        is not true
        or (bounds.accuracy_high - bounds.accuracy_low)
        > bounds.n_suspects / bounds.n_samples + 1e-9
    )
