-- classifiers_refer: the encoder of a classifier is known; a zero-shot one has a prompt set and an aggregation, a probe an encoder
-- audits: classifiers, encoders, prompt_sets
-- reads: classifiers, encoders, prompt_sets
-- todo: run `facestore predict` again under another --name, and use that
-- note: an imported classifier may name a prompt set of its publication
select
    classifiers.classifier_id,
    classifiers.name,
    classifiers.kind,
    classifiers.encoder_id,
    classifiers.prompt_set,
    classifiers.aggregation,
    classifiers.k
from classifiers
left join encoders on classifiers.encoder_id = encoders.encoder_id
left join prompt_sets on classifiers.prompt_set = prompt_sets.prompt_set
where
    (classifiers.encoder_id is not null and encoders.encoder_id is null)
    or (classifiers.kind = 'linear_probe' and encoders.encoder_id is null)
    or (
        classifiers.kind = 'zero_shot'
        and (
            encoders.encoder_id is null
            or prompt_sets.prompt_set is null
            or classifiers.aggregation is null
            or (classifiers.aggregation = 'topk') <> (classifiers.k is not null)
            or classifiers.k < 1
        )
    )
