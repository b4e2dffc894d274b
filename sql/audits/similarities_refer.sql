-- similarities_refer: every similarity belongs to an encoder, a prompt and a sample
-- audits: similarities, encoders, prompts, samples
-- reads: similarities, encoders, prompts, samples
-- todo: delete these rows with `facestore sql --write`; `facestore score` makes those that are needed
select
    encoder_id,
    prompt_id,
    sample_id,
    case
        when encoder_id not in (select encoder_id from encoders) then 'unknown encoder'
        when prompt_id not in (select prompt_id from prompts) then 'unknown prompt'
        else 'unknown sample'
    end as problem
from similarities
where
    encoder_id not in (select encoder_id from encoders)
    or prompt_id not in (select prompt_id from prompts)
    or sample_id not in (select sample_id from samples)
