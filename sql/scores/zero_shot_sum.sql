-- zero_shot_sum: predictions by the sum of the cosines of a class's prompts
-- grain: encoder, prompt_set, attribute, sample
-- units: score is a sum of cosines; margin is score minus that of the second class
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
where aggregation = 'sum'
