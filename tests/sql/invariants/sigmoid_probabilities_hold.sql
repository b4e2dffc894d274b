-- sigmoid_probabilities_hold: a probability is of its logit, and each cosine of an encoder with a bias has one
-- audits: sigmoid_probabilities
-- reads: sigmoid_probabilities, similarities, encoders
-- todo: the view is wrong
with expected as (
    select
        similarities.encoder_id,
        similarities.prompt_id,
        similarities.sample_id,
        encoders.logit_scale * similarities.cosine + encoders.logit_bias as logit
    from similarities
    inner join encoders using (encoder_id)
    where encoders.logit_bias is not null and encoders.logit_scale is not null
)

select
    encoder_id,
    prompt_id,
    sample_id,
    found.probability,
    expected.logit
from expected
full join sigmoid_probabilities as found using (encoder_id, prompt_id, sample_id)
where
    found.probability is null
    or expected.logit is null
    or not (found.probability between 0 and 1)
    -- tanh says the same in another way
    or not (abs(found.probability - (1 + tanh(expected.logit / 2)) / 2) < 1e-9)
    or not (abs(found.logit - expected.logit) < 1e-9)
    or found.text is null
