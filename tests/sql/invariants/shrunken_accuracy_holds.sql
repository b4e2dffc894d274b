-- shrunken_accuracy_holds: each group is drawn from its own accuracy towards the centre, and none is lost
-- audits: shrunken_accuracy
-- reads: shrunken_accuracy, accuracy_by_group
-- todo: the view is wrong
select
    accuracy_by_group.classifier,
    accuracy_by_group.dataset,
    accuracy_by_group.split,
    accuracy_by_group.group_attribute,
    accuracy_by_group.group_name,
    accuracy_by_group.accuracy,
    shrunken_accuracy.shrunken_accuracy,
    shrunken_accuracy.accuracy_centre,
    shrunken_accuracy.own_weight,
    shrunken_accuracy.posterior_sd,
    shrunken_accuracy.tau
from accuracy_by_group
left join shrunken_accuracy
    on
        accuracy_by_group.classifier = shrunken_accuracy.classifier
        and accuracy_by_group.dataset = shrunken_accuracy.dataset
        and accuracy_by_group.split is not distinct from shrunken_accuracy.split
        and accuracy_by_group.group_attribute = shrunken_accuracy.group_attribute
        and accuracy_by_group.group_name = shrunken_accuracy.group_name
where
    accuracy_by_group.group_attribute <> 'overall'
    and (
        accuracy_by_group.n_samples is distinct from shrunken_accuracy.n_samples
        or accuracy_by_group.n_correct is distinct from shrunken_accuracy.n_correct
        or accuracy_by_group.accuracy is distinct from shrunken_accuracy.accuracy
        or (shrunken_accuracy.shrunken_accuracy is not null)
        is distinct from (shrunken_accuracy.accuracy is not null and shrunken_accuracy.tau is not null)
        or shrunken_accuracy.shrunken_accuracy not between least(
            shrunken_accuracy.accuracy, shrunken_accuracy.accuracy_centre
        ) - 1e-9 and greatest(
            shrunken_accuracy.accuracy, shrunken_accuracy.accuracy_centre
        ) + 1e-9
        or abs(
            shrunken_accuracy.accuracy_centre
            + shrunken_accuracy.own_weight
            * (shrunken_accuracy.accuracy - shrunken_accuracy.accuracy_centre)
            - shrunken_accuracy.shrunken_accuracy
        ) > 1e-9
        or shrunken_accuracy.own_weight not between 0 and 1
        or (shrunken_accuracy.own_weight is null)
        is distinct from (shrunken_accuracy.shrunken_accuracy is null)
        or (shrunken_accuracy.tau = 0) <> (shrunken_accuracy.own_weight = 0)
        or shrunken_accuracy.posterior_sd not between 0 and shrunken_accuracy.tau + 1e-9
    )
