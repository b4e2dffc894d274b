-- zero_shot_embedding_mean: predictions by the cosine to the unit mean of a class's unit text vectors, the usual CLIP ensemble
-- source: Radford et al. 2021, section 3.1.4
-- grain: encoder, prompt_set, attribute, sample
-- units: score is a cosine, in [-1, 1]; margin is score minus that of the second class
-- reads: zero_shot_decisions
select
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    predicted,
    score,
    margin
from zero_shot_decisions
where aggregation = 'embedding_mean'
