-- accuracy_if_relabelled: between which bounds an accuracy would lie if suspect labels were changed
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1] of n_samples; accuracy_low: only those suspects are changed
-- which the classifier has right now; accuracy_high: only those where it says the agreed class;
-- accuracy_relabelled: all of them
-- reads: judged_counts, suspect_labels, predictions, classifiers, judged_as, seen_by
-- note: circular: the classifiers that are judged decide which labels are suspect, this one among them,
-- so accuracy_relabelled flatters whoever agrees with the others. The bounds say how much could hang on
-- these labels; that they are wrong is for people to say. Wrong labels which no judges agree against are
-- not in the bounds
with counts as (
    select
        classifier_id,
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sum(n_samples) as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_correct
    from judged_counts
    group by all
),

suspects as materialized (
    select
        sample_id,
        attribute,
        dataset,
        split,
        taxonomy,
        label,
        agreed_class
    from suspect_labels
),

judged_suspects as (
    select
        predictions.classifier_id,
        suspects.dataset,
        suspects.split,
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
        dataset,
        split,
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
    seen_by(counts.classifier, counts.dataset, counts.split) as seen,
    counts.n_samples::bigint as n_samples,
    coalesce(changes.n_suspects, 0) as n_suspects,
    counts.n_correct / counts.n_samples as accuracy,
    (counts.n_correct - coalesce(changes.n_lost, 0)) / counts.n_samples as accuracy_low,
    (counts.n_correct + coalesce(changes.n_gained, 0)) / counts.n_samples as accuracy_high,
    (counts.n_correct - coalesce(changes.n_lost, 0) + coalesce(changes.n_gained, 0))
    / counts.n_samples as accuracy_relabelled
from counts
left join changes
    on
        counts.classifier_id = changes.classifier_id
        and counts.dataset = changes.dataset
        and counts.split is not distinct from changes.split
