-- winners_every_k: the class that zero_shot_topk predicts, for eight ks in a row
-- grain: encoder, prompt_set, attribute, sample, k_before
-- units: winner_1 is the place in class_prompts of the class predicted with k = k_before + 1, and so
-- on to winner_8; a k above k_max repeats the winner of k_max
-- reads: prompt_scores, class_prompts, streams, streamed_winners
-- note: eight columns and not a row for each k: a fifth of the time, for there is one group to find
-- instead of eight, and a sum of k cosines is the one before it and one more. Of samples that were scored in a
-- stream the winners are kept
with streamed as (
    select
        streams.encoder_id,
        streams.prompt_set,
        streams.attribute,
        streamed_winners.* exclude (stream_id)
    from streamed_winners
    inner join streams using (stream_id)
    where streams.is_current
),

ranked as (
    select
        prompt_scores.encoder_id,
        prompt_scores.prompt_set,
        prompt_scores.attribute,
        prompt_scores.class,
        prompt_scores.sample_id,
        list_reverse_sort(list(prompt_scores.cosine)) as cosines
    from prompt_scores
    anti join streamed using (encoder_id, prompt_set, attribute, sample_id)
    group by all
),

complete as (
    select
        ranked.encoder_id,
        ranked.prompt_set,
        ranked.attribute,
        ranked.sample_id,
        ranked.cosines,
        class_prompts.n_classes,
        class_prompts.place,
        unnest(range(0, class_prompts.k_max, 8)) as k_before
    from ranked
    inner join class_prompts
        on
            ranked.prompt_set = class_prompts.prompt_set
            and ranked.attribute = class_prompts.attribute
            and ranked.class = class_prompts.class
            and len(ranked.cosines) = class_prompts.n_prompts
),

-- A tie goes to the lowest place: each class has a handicap of 2^-40 times its place, less than what
-- sums of cosines can differ by and enough to tell equal ones apart.
started as (
    select
        encoder_id,
        prompt_set,
        attribute,
        sample_id,
        n_classes,
        place,
        k_before,
        coalesce(list_sum(cosines[1:k_before]), 0) - place / (1::bigint << 40) as sum_0,
        coalesce(cosines[k_before + 1], 0)::double as next_1,
        coalesce(cosines[k_before + 2], 0)::double as next_2,
        coalesce(cosines[k_before + 3], 0)::double as next_3,
        coalesce(cosines[k_before + 4], 0)::double as next_4,
        coalesce(cosines[k_before + 5], 0)::double as next_5,
        coalesce(cosines[k_before + 6], 0)::double as next_6,
        coalesce(cosines[k_before + 7], 0)::double as next_7,
        coalesce(cosines[k_before + 8], 0)::double as next_8
    from complete
),

summed as (
    select
        encoder_id,
        prompt_set,
        attribute,
        sample_id,
        n_classes,
        place,
        k_before,
        sum_0 + next_1 as sum_1,
        sum_1 + next_2 as sum_2,
        sum_2 + next_3 as sum_3,
        sum_3 + next_4 as sum_4,
        sum_4 + next_5 as sum_5,
        sum_5 + next_6 as sum_6,
        sum_6 + next_7 as sum_7,
        sum_7 + next_8 as sum_8
    from started
)

select
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    k_before,
    arg_max(place, sum_1) as winner_1,
    arg_max(place, sum_2) as winner_2,
    arg_max(place, sum_3) as winner_3,
    arg_max(place, sum_4) as winner_4,
    arg_max(place, sum_5) as winner_5,
    arg_max(place, sum_6) as winner_6,
    arg_max(place, sum_7) as winner_7,
    arg_max(place, sum_8) as winner_8
from summed
group by all
having count(*) = any_value(n_classes)
union all
select
    encoder_id,
    prompt_set,
    attribute,
    sample_id,
    k_before,
    winner_1::integer as winner_1,
    winner_2::integer as winner_2,
    winner_3::integer as winner_3,
    winner_4::integer as winner_4,
    winner_5::integer as winner_5,
    winner_6::integer as winner_6,
    winner_7::integer as winner_7,
    winner_8::integer as winner_8
from streamed
