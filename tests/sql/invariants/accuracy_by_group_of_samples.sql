-- accuracy_by_group_of_samples: accuracies made of counts are those made sample by sample
-- audits: accuracy_by_group, group_accuracy, sample_groups
-- reads: accuracy_by_group, judged_predictions, sample_groups, group_accuracy, cluster_effects, wilson_clustered
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
left join cluster_effects as effects
    on
        found.classifier = effects.classifier
        and found.dataset = effects.dataset
        and found.split is not distinct from effects.split
        and found.group_attribute = effects.group_attribute
        and found.group_name = effects.group_name
where
    expected.figures.n_samples is distinct from found.n_samples
    or expected.figures.n_correct is distinct from found.n_correct
    or expected.figures.accuracy <> found.accuracy
    or found.n_effective is distinct from coalesce(effects.n_effective, found.n_samples)
    or (effects.classifier is null and expected.figures.ci_low <> found.ci_low)
    or (effects.classifier is null and expected.figures.ci_high <> found.ci_high)
    or (
        found.accuracy is not null
        and (found.ci_low, found.ci_high) is distinct from (
            wilson_clustered(found.n_correct, found.n_samples, found.n_effective)['low'],
            wilson_clustered(found.n_correct, found.n_samples, found.n_effective)['high']
        )
    )
