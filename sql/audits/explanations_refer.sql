-- explanations_refer: every explanation has its encoder and its sample, and its classifier where it names one
-- audits: explanations, encoders, samples, classifiers
-- reads: explanations, encoders, samples, classifiers
-- todo: delete these rows with `facestore sql --write`; `facestore explain` makes them again
select
    explanations.explanation_id,
    explanations.encoder_id,
    explanations.classifier_id,
    explanations.sample_id
from explanations
left join encoders on explanations.encoder_id = encoders.encoder_id
left join samples on explanations.sample_id = samples.sample_id
left join classifiers on explanations.classifier_id = classifiers.classifier_id
where
    encoders.encoder_id is null
    or samples.sample_id is null
    or (explanations.classifier_id is not null and classifiers.classifier_id is null)
    or classifiers.encoder_id <> explanations.encoder_id
