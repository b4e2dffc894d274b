-- prompt_scores: similarity of a sample to every prompt which names a class of an attribute
-- grain: encoder, prompt_set, prompt, attribute, sample
-- units: cosine of unit vectors, in [-1, 1]
-- reads: similarities, prompt_classes
select
    similarities.encoder_id,
    prompt_classes.prompt_set,
    prompt_classes.attribute,
    prompt_classes.class,
    similarities.prompt_id,
    similarities.sample_id,
    similarities.cosine
from similarities
inner join prompt_classes using (prompt_id)
