-- class_text_norms_in_range: the mean of unit vectors has a length in (0, 1], up to the rounding of float16
-- audits: class_text_norms
-- reads: class_text_norms
-- todo: delete these rows with `facestore sql --write`, then run `facestore score` for the prompt set
select
    encoder_id,
    prompt_set,
    attribute,
    class,
    norm
from class_text_norms
where not (norm > 0 and norm <= 1.001)
