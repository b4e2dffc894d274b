-- judged_predictions: every prediction beside the label of its sample
-- grain: classifier, sample
-- units: score and margin as the classifier gives them
-- reads: predictions, classifiers, samples, labels
-- note: a sample without a label or without a predicted class is not here; see prediction_coverage
select
    predictions.classifier_id,
    classifiers.name as classifier,
    classifiers.attribute,
    predictions.sample_id,
    samples.dataset,
    samples.split,
    samples.path,
    labels.label,
    predictions.predicted,
    predictions.predicted = labels.label as is_correct,
    predictions.score,
    predictions.margin
from predictions
inner join classifiers on predictions.classifier_id = classifiers.classifier_id
inner join samples on predictions.sample_id = samples.sample_id
inner join labels
    on
        predictions.sample_id = labels.sample_id
        and classifiers.attribute = labels.attribute
where
    predictions.predicted is not null
    and labels.label is not null
