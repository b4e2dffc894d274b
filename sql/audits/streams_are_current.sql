-- streams_are_current: what was scored in a stream was scored with the prompts and classes of now
-- audits: streams, streamed_scores
-- reads: streams
-- todo: views leave these winners out: run `facestore score` for the prompt set, which scores them again
select
    stream_id,
    encoder_id,
    prompt_set,
    attribute
from streams
where not is_current
