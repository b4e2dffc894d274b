-- accuracy_if_relabelled: between which bounds an accuracy would lie if suspect labels were changed
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1] of n_samples; accuracy_low: only those suspects are changed
-- which the classifier has right now; accuracy_high: only those where it says the agreed class;
-- accuracy_relabelled: all of them
-- reads: judged_predictions, suspect_labels
-- note: circular: the classifiers that are judged decide which labels are suspect, this one among them,
-- so accuracy_relabelled flatters whoever agrees with the others. The bounds say how much could hang on
-- these labels; that they are wrong is for people to say. Wrong labels which no judges agree against are
-- not in the bounds
with counts as (
    select
        judged_predictions.classifier_id,
        judged_predictions.classifier,
        judged_predictions.attribute,
        judged_predictions.taxonomy,
        judged_predictions.dataset,
        judged_predictions.split,
        count(*) as n_samples,
        count(*) filter (where judged_predictions.is_correct) as n_correct,
        count(suspect_labels.sample_id) as n_suspects,
        count(*) filter (
            where suspect_labels.sample_id is not null and judged_predictions.is_correct
        ) as n_lost,
        count(*) filter (
            where judged_predictions.predicted = suspect_labels.agreed_class
        ) as n_gained
    from judged_predictions
    left join suspect_labels using (sample_id, attribute)
    group by all
)

select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    n_samples,
    n_suspects,
    n_correct / n_samples as accuracy,
    (n_correct - n_lost) / n_samples as accuracy_low,
    (n_correct + n_gained) / n_samples as accuracy_high,
    (n_correct - n_lost + n_gained) / n_samples as accuracy_relabelled
from counts
