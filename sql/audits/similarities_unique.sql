-- similarities_unique: an encoder has one similarity of a prompt and a sample
-- audits: similarities
-- reads: similarities
-- todo: `facestore doctor --repair` drops repeats of the same cosine; of two cosines delete the wrong one, or both and score again
select
    encoder_id,
    prompt_id,
    sample_id,
    count(*) as n_rows,
    min(cosine) as cosine_min,
    max(cosine) as cosine_max
from similarities
group by encoder_id, prompt_id, sample_id
having count(*) > 1
