-- streams: what was scored without keeping cosines, and whether its prompts and classes are still those
-- grain: stream_id
-- units: is_current: views take its winners; else they are of other prompts, or of another order of classes
-- reads: streamed_scores, prompts_by_class
-- note: `facestore score` scores again what is not current; cosines_not_kept says of how many samples
select
    streamed_scores.stream_id,
    streamed_scores.encoder_id,
    streamed_scores.prompt_set,
    streamed_scores.attribute,
    coalesce(streamed_scores.prompts = prompts_by_class.prompts, false) as is_current
from streamed_scores
left join prompts_by_class using (prompt_set, attribute)
