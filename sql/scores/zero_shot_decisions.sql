-- zero_shot_decisions: the class with the highest pooled score, for sum, mean and embedding_mean
-- grain: aggregation, encoder, prompt_set, attribute, sample
-- units: score as in class_scores; margin is score minus that of the second class
-- reads: class_scores
-- note: a sample counts only where every class of the prompt set has a score; ties go to the lowest
-- ordinal
select
    aggregation,
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    arg_max(class, { 'score': score, 'first': -ordinal }) as predicted,
    max(score) as score,
    max(score) - max(score, 2)[2] as margin
from class_scores
group by all
having count(*) = any_value(n_classes)
