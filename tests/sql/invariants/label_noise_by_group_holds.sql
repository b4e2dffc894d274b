-- label_noise_by_group_holds: accuracy is that of accuracy_by_group, and overall all is as in accuracy_if_relabelled
-- audits: label_noise_by_group, relabelled_counts
-- reads: label_noise_by_group, accuracy_by_group, accuracy_if_relabelled, suspect_labels, sample_groups, predictions,
-- classifiers
-- todo: the view is wrong
with suspects as (
    select
        classifiers.name as classifier,
        suspect_labels.dataset,
        suspect_labels.split,
        sample_groups.group_attribute,
        sample_groups.group_name,
        count(*) as n_suspects
    from suspect_labels
    inner join sample_groups using (sample_id)
    inner join predictions using (sample_id)
    inner join classifiers using (classifier_id, attribute)
    where predictions.predicted is not null
    group by all
)

select
    noise.*,
    accuracy_by_group.n_samples as n_samples_expected,
    suspects.n_suspects as n_suspects_expected
from (
    from accuracy_by_group
    where not list_contains(string_split(group_attribute, ' x '), attribute)
) as accuracy_by_group
full join label_noise_by_group as noise
    on
        accuracy_by_group.classifier = noise.classifier
        and accuracy_by_group.dataset = noise.dataset
        and accuracy_by_group.split is not distinct from noise.split
        and accuracy_by_group.group_attribute = noise.group_attribute
        and accuracy_by_group.group_name = noise.group_name
left join suspects
    on
        noise.classifier = suspects.classifier
        and noise.dataset = suspects.dataset
        and noise.split is not distinct from suspects.split
        and noise.group_attribute = suspects.group_attribute
        and noise.group_name = suspects.group_name
left join accuracy_if_relabelled as bounds
    on
        noise.group_attribute = 'overall'
        and noise.classifier = bounds.classifier
        and noise.dataset = bounds.dataset
        and noise.split is not distinct from bounds.split
where
    noise.n_samples is distinct from accuracy_by_group.n_samples
    or noise.n_suspects is distinct from coalesce(suspects.n_suspects, 0)
    or (noise.accuracy is null) <> (accuracy_by_group.accuracy is null)
    or not abs(noise.accuracy - accuracy_by_group.accuracy) < 1e-9
    or (noise.suspect_share is null) <> (noise.accuracy is null)
    or not abs(noise.suspect_share - noise.n_suspects / noise.n_samples) < 1e-9
    or (noise.ci_low is null) <> (noise.accuracy is null)
    or (noise.ci_high is null) <> (noise.accuracy is null)
    or not noise.suspect_share between noise.ci_low - 1e-9 and noise.ci_high + 1e-9
    or not noise.ci_low >= 0
    or coalesce(noise.n_effective not between 1 - 1e-9 and accuracy_by_group.n_effective + 1e-6, true)
    or not noise.ci_high <= 1
    or (noise.accuracy_low is null) <> (noise.accuracy is null)
    or (noise.accuracy_high is null) <> (noise.accuracy is null)
    or (noise.accuracy_relabelled is null) <> (noise.accuracy is null)
    or not noise.accuracy_low between 0 and noise.accuracy + 1e-9
    or not noise.accuracy_high between noise.accuracy - 1e-9 and 1
    or not noise.accuracy_relabelled between noise.accuracy_low - 1e-9 and noise.accuracy_high + 1e-9
    or noise.accuracy_high - noise.accuracy_low > noise.suspect_share + 1e-9
    or not abs(noise.accuracy_low - bounds.accuracy_low) < 1e-9
    or not abs(noise.accuracy_high - bounds.accuracy_high) < 1e-9
    or not abs(noise.accuracy_relabelled - bounds.accuracy_relabelled) < 1e-9
