-- relabelled_counts: judgements of each cell, and how many would change if suspect labels were changed
-- grain: classifier_id, cell
-- units: counts of judged predictions: n_suspects those of samples whose label is suspect; n_lost of them are right by the
-- label, n_gained would be right by the class that others agree on
-- reads: judged_counts, suspect_labels, sample_cells, predictions, classifiers, judged_as
-- note: accuracy_if_relabelled and label_noise_by_group are made of it, and circular: see there
with counts as materialized (
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
),

suspects as materialized (
    select
        suspect_labels.sample_id,
        sample_cells.cell,
        suspect_labels.attribute,
        suspect_labels.taxonomy,
        suspect_labels.label,
        suspect_labels.agreed_class
    from suspect_labels
    inner join sample_cells using (sample_id)
),

judged_suspects as (
    select
        predictions.classifier_id,
        suspects.cell,
        suspects.label,
        suspects.agreed_class,
        judged_as(suspects.taxonomy, suspects.attribute, predictions.predicted) as predicted
    from predictions
    inner join suspects using (sample_id)
    inner join classifiers using (classifier_id, attribute)
    where predictions.predicted is not null
),

changes as (
    select
        classifier_id,
        cell,
        count(*) as n_suspects,
        count(*) filter (where predicted = label) as n_lost,
        count(*) filter (where predicted = agreed_class) as n_gained
    from judged_suspects
    group by all
)

select
    counts.classifier_id,
    counts.classifier,
    counts.attribute,
    counts.taxonomy,
    counts.dataset,
    counts.split,
    counts.cell,
    counts.n_samples::bigint as n_samples,
    counts.n_correct::bigint as n_correct,
    coalesce(changes.n_suspects, 0) as n_suspects,
    coalesce(changes.n_lost, 0) as n_lost,
    coalesce(changes.n_gained, 0) as n_gained
from counts
left join changes using (classifier_id, cell)
