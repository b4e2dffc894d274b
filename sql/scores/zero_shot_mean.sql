-- zero_shot_mean: predictions by the mean cosine of a class's prompts
-- grain: encoder, prompt_set, attribute, sample
-- units: score is a mean cosine, in [-1, 1]; margin is score minus that of the second class
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
where aggregation = 'mean'
