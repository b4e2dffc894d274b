-- zero_shot_decisions_hold: a decision has a class and a score; margins are not negative; mean cosines are in [-1, 1]
-- audits: zero_shot_decisions, zero_shot_sum, zero_shot_mean, zero_shot_embedding_mean, class_scores
-- reads: zero_shot_decisions
-- todo: a mean cosine beyond 1 means that class_text_norms is of other text vectors: delete its rows of the prompt set
--   with `facestore sql --write`, and run `facestore score` for it
select
    aggregation,
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    predicted,
    score,
    margin
from zero_shot_decisions
where
    predicted is null
    or score is null
    or not isfinite(score)
    or not (margin >= 0)
    -- norms and vectors are exact up to the rounding of float16
    or (aggregation <> 'sum' and abs(score) > 1.002)
