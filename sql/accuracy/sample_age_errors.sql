-- sample_age_errors: how far the predicted age of a sample is from the true one
-- grain: classifier, sample
-- units: error (predicted - true) in years
-- reads: predictions, classifiers, samples, labels, known_number
-- note: of samples whose true age in years is known, and predicted
select
    classifiers.classifier_id,
    classifiers.name as classifier,
    samples.dataset,
    samples.split,
    predictions.sample_id,
    known_number(predictions.value) - known_number(labels.value) as error
from predictions
inner join classifiers using (classifier_id)
inner join samples using (sample_id)
inner join labels using (sample_id, attribute)
where
    classifiers.attribute = 'age'
    and known_number(predictions.value) is not null
    and known_number(labels.value) is not null
