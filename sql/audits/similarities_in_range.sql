-- similarities_in_range: cosines are in [-1, 1]
-- audits: similarities
-- reads: similarities
-- todo: import them again with the right --scale, after deleting these rows with `facestore sql --write`
select
    encoder_id,
    prompt_id,
    sample_id,
    cosine
from similarities
where not (cosine between -1 and 1)
