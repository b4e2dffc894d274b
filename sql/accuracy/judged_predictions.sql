-- judged_predictions: every prediction beside the label of its sample, in the taxonomy of the labels
-- grain: classifier, sample
-- units: score and margin as the classifier gives them
-- reads: predictions, classifiers, sample_labels, judged_as
-- note: a sample without a label or without a predicted class is not here; see prediction_coverage. A
-- class of another taxonomy is judged as the class it is in that of the labels (East Asian as Asian
-- where they are UTKFace-5); one which has none there keeps its name and is wrong
with judged as (
    select
        predictions.classifier_id,
        classifiers.name as classifier,
        sample_labels.*,
        judged_as(
            sample_labels.taxonomy, classifiers.attribute, predictions.predicted
        ) as predicted,
        predictions.score,
        predictions.margin
    from predictions
    inner join classifiers using (classifier_id)
    inner join sample_labels using (sample_id, attribute)
    where predictions.predicted is not null
)

select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    sample_id,
    dataset,
    split,
    path,
    label,
    predicted,
    predicted = label as is_correct,
    score,
    margin
from judged
