-- training_steps_refer: every step of training belongs to a classifier
-- audits: training_steps, classifiers
-- reads: training_steps, classifiers
-- todo: delete these rows with `facestore sql --write`; `facestore predict --classifier FILE` writes them again
select
    training_steps.classifier_id,
    training_steps.unit,
    training_steps.step,
    training_steps.metric
from training_steps
left join classifiers on training_steps.classifier_id = classifiers.classifier_id
where classifiers.classifier_id is null
