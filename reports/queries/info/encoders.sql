-- encoders: Encoders
-- text: A row an encoder, and the device of the last ingest that encoded with it.
with used as (
    select
        ended_at,
        unnest(from_json(arguments -> '$.models', '["varchar"]')) as encoder,
        unnest(from_json(arguments -> '$.devices', '["varchar"]')) as device
    from runs
    where command = 'ingest'
)

select
    encoders.name as encoder,
    encoders.source,
    encoders.vectors,
    encoders.dim,
    encoders.precision,
    (
        select arg_max(used.device, used.ended_at) from used
        where used.encoder = encoders.name
    ) as device,
    (
        select count(*) from similarities
        where similarities.encoder_id = encoders.encoder_id
    ) as n_similarities,
    (
        select count(distinct streamed_winners.sample_id)
        from streams inner join streamed_winners using (stream_id)
        where
            streams.encoder_id = encoders.encoder_id
            and streams.is_current
            and streamed_winners.k_before = 0
    ) as n_streamed
from encoders
order by encoders.encoder_id
