-- predictions_refer: every prediction belongs to a classifier and a sample, and is a class of the attribute
-- audits: predictions, classifiers, samples, classes
-- reads: predictions, classifiers, samples, classes
-- todo: delete these rows with `facestore sql --write` and import or predict them again
-- note: classes of an attribute of which none is known are not missed
select
    predictions.classifier_id,
    predictions.sample_id,
    predictions.predicted,
    case
        when classifiers.classifier_id is null then 'unknown classifier'
        when samples.sample_id is null then 'unknown sample'
        else 'unknown class'
    end as problem
from predictions
left join classifiers on predictions.classifier_id = classifiers.classifier_id
left join samples on predictions.sample_id = samples.sample_id
left join classes as known
    on
        classifiers.attribute = known.attribute
        and predictions.predicted = known.class
where
    classifiers.classifier_id is null
    or samples.sample_id is null
    or (
        predictions.predicted is not null
        and known.class is null
        and classifiers.attribute in (select attribute from classes)
    )
