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
)

select
    streamed_winners.stream_id,
    streamed_winners.sample_id,
    count(*) as n_rows
from streamed_winners
inner join sizes using (stream_id)
group by all
having
    count(*) <> ceil(any_value(sizes.k_max) / 8)
    or count(distinct streamed_winners.k_before) <> count(*)
    or bool_or(streamed_winners.k_before % 8 <> 0)
    or min(streamed_winners.k_before) <> 0
    or max(streamed_winners.k_before) >= any_value(sizes.k_max)
    or min(
        least(
            streamed_winners.winner_1,
            streamed_winners.winner_2,
            streamed_winners.winner_3,
            streamed_winners.winner_4,
            streamed_winners.winner_5,
            streamed_winners.winner_6,
            streamed_winners.winner_7,
            streamed_winners.winner_8
        )
    ) < 1
    or max(
        greatest(
            streamed_winners.winner_1,
            streamed_winners.winner_2,
            streamed_winners.winner_3,
            streamed_winners.winner_4,
            streamed_winners.winner_5,
            streamed_winners.winner_6,
            streamed_winners.winner_7,
            streamed_winners.winner_8
        )
    ) > any_value(sizes.n_classes)
