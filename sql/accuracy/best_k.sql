-- best_k: the best k of a sweep, and what is left of its accuracy when it is chosen on other samples
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; held_out_accuracy: each half of the samples is judged with the k that is
-- best on the other half; ci_low and ci_high: its 95 % Wilson interval
-- reads: confusion_every_k, encoders, wilson_low, wilson_high
-- note: halves go by the MD5 of data set and path, so they are the same in every store; of equally
-- good ks the smallest counts; held_out_accuracy is NULL where a half has no sample
with judged as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        k,
        sum(n_samples)::bigint as n_samples,
        coalesce(sum(n_samples) filter (where predicted = label), 0)::bigint as n_correct,
        coalesce(sum(n_samples) filter (where is_first_half), 0)::bigint as n_first,
        coalesce(
            sum(n_samples) filter (where is_first_half and predicted = label), 0
        )::bigint as n_correct_first
    from confusion_every_k
    group by encoder_id, prompt_set, attribute, dataset, split, k
),

chosen as (
    select
        encoder_id,
        prompt_set,
        attribute,
        dataset,
        split,
        any_value(n_samples) as n_samples,
        any_value(n_first) as n_first,
        arg_max(k, { 'right': n_correct, 'first': -k }) as k,
        max(n_correct) as n_correct,
        arg_max(k, { 'right': n_correct_first, 'first': -k }) as k_first,
        arg_max(k, { 'right': n_correct - n_correct_first, 'first': -k }) as k_second
    from judged
    group by encoder_id, prompt_set, attribute, dataset, split
),

held_out as (
    select
        chosen.encoder_id,
        chosen.prompt_set,
        chosen.attribute,
        chosen.dataset,
        chosen.split,
        sum(
            if(judged.k = chosen.k_second, judged.n_correct_first, 0)
            + if(judged.k = chosen.k_first, judged.n_correct - judged.n_correct_first, 0)
        )::bigint as n_correct
    from chosen
    inner join judged
        on
            chosen.encoder_id = judged.encoder_id
            and chosen.prompt_set = judged.prompt_set
            and chosen.attribute = judged.attribute
            and chosen.dataset = judged.dataset
            and chosen.split is not distinct from judged.split
    where chosen.n_first between 1 and chosen.n_samples - 1
    group by
        chosen.encoder_id,
        chosen.prompt_set,
        chosen.attribute,
        chosen.dataset,
        chosen.split
)

select
    chosen.encoder_id,
    encoders.name as encoder,
    chosen.prompt_set,
    chosen.attribute,
    chosen.dataset,
    chosen.split,
    chosen.n_samples,
    chosen.k,
    chosen.n_correct / chosen.n_samples as accuracy,
    chosen.k_first as k_of_first_half,
    chosen.k_second as k_of_second_half,
    held_out.n_correct / chosen.n_samples as held_out_accuracy,
    wilson_low(held_out.n_correct, chosen.n_samples) as ci_low,
    wilson_high(held_out.n_correct, chosen.n_samples) as ci_high
from chosen
inner join encoders on chosen.encoder_id = encoders.encoder_id
left join held_out
    on
        chosen.encoder_id = held_out.encoder_id
        and chosen.prompt_set = held_out.prompt_set
        and chosen.attribute = held_out.attribute
        and chosen.dataset = held_out.dataset
        and chosen.split is not distinct from held_out.split
