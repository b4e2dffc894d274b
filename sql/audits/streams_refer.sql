-- streams_refer: what was scored in a stream belongs to an encoder, a prompt set and a sample
-- audits: streamed_scores, streamed_winners, encoders, prompt_sets, samples
-- reads: streamed_scores, streamed_winners, encoders, prompt_sets, samples
-- todo: `facestore doctor --repair` deletes what belongs to nothing; `facestore score` makes what is needed
select
    stream_id,
    null as sample_id,
    if(encoder_id in (select encoder_id from encoders), 'unknown prompt set', 'unknown encoder')
        as problem
from streamed_scores
where
    encoder_id not in (select encoder_id from encoders)
    or prompt_set not in (select prompt_set from prompt_sets)
union all
select distinct
    stream_id,
    sample_id,
    if(stream_id in (select stream_id from streamed_scores), 'unknown sample', 'unknown stream')
        as problem
from streamed_winners
where
    stream_id not in (select stream_id from streamed_scores)
    or sample_id not in (select sample_id from samples)
