-- streamed_winners_are_whole: of a sample that was scored in a stream one class of the set wins with every k
-- audits: streamed_winners
-- reads: streams, streamed_winners, class_prompts
-- todo: delete the rows of these samples with `facestore sql --write`, and run `facestore score`
with sizes as (
    select
        streams.stream_id,
        any_value(class_prompts.k_max) as k_max,
        any_value(class_prompts.n_classes) as n_classes
    from streams
    inner join class_prompts using (prompt_set, attribute)
    where streams.is_current
    group by streams.stream_id
),

parts as (
    select
        streamed_winners.stream_id,
        streamed_winners.sample_id,
        streamed_winners.k_before,
        sizes.k_max,
        sizes.n_classes,
        [
            streamed_winners.winner_1,
            streamed_winners.winner_2,
            streamed_winners.winner_3,
            streamed_winners.winner_4,
            streamed_winners.winner_5,
            streamed_winners.winner_6,
            streamed_winners.winner_7,
            streamed_winners.winner_8
        ] as winners
    from streamed_winners
    inner join sizes using (stream_id)
)

select
    stream_id,
    sample_id,
    count(*) as n_rows
from parts
group by all
having
    count(*) <> ceil(any_value(k_max) / 8)
    or count(distinct k_before) <> count(*)
    or bool_or(k_before % 8 <> 0)
    or min(k_before) <> 0
    or max(k_before) >= any_value(k_max)
    or min(list_min(winners)) < 1
    or max(list_max(winners)) > any_value(n_classes)
