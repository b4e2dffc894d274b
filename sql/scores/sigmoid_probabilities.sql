-- sigmoid_probabilities: the probability that a picture and a prompt belong together, by models that were trained to say so
-- grain: encoder, prompt, sample
-- units: probability is in [0, 1]; those of several prompts need not add up to 1
-- reads: similarities, encoders, prompts
-- source: Zhai et al. 2023, "Sigmoid Loss for Language Image Pre-Training": 1 / (1 + exp(-(logit_scale x cosine + logit_bias)))
-- note: encoders with a logit_bias alone, as SigLIP; others were never asked about one prompt by itself
with logits as (
    select
        similarities.encoder_id,
        similarities.prompt_id,
        similarities.sample_id,
        similarities.cosine,
        encoders.logit_scale * similarities.cosine + encoders.logit_bias as logit
    from similarities
    inner join encoders using (encoder_id)
    where
        encoders.logit_bias is not null
        and encoders.logit_scale is not null
)

select
    logits.encoder_id,
    logits.prompt_id,
    prompts.text,
    logits.sample_id,
    logits.cosine,
    logits.logit,
    -- exp of what is not above 0, so that nothing overflows
    if(
        logits.logit < 0,
        exp(logits.logit) / (1 + exp(logits.logit)),
        1 / (1 + exp(-logits.logit))
    ) as probability
from logits
inner join prompts using (prompt_id)
