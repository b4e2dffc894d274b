-- judged_every_k: the predictions of every k beside the label of their sample
-- grain: encoder, prompt_set, attribute, sample, k
-- units: k counts prompts
-- reads: zero_shot_every_k, samples, labels
-- note: a sample without a label of the attribute is not here
select
    zero_shot_every_k.encoder_id,
    zero_shot_every_k.prompt_set,
    zero_shot_every_k.attribute,
    zero_shot_every_k.sample_id,
    samples.dataset,
    samples.split,
    samples.path,
    zero_shot_every_k.k,
    labels.label,
    zero_shot_every_k.predicted = labels.label as is_correct
from zero_shot_every_k
inner join samples on zero_shot_every_k.sample_id = samples.sample_id
inner join labels
    on
        zero_shot_every_k.sample_id = labels.sample_id
        and zero_shot_every_k.attribute = labels.attribute
where labels.label is not null
