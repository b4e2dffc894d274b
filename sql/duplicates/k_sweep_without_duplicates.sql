-- k_sweep_without_duplicates: accuracy of zero_shot_topk for every k, with and without duplicates
-- grain: encoder, prompt_set, attribute, dataset, split, k
-- units: fractions in [0, 1] of n_samples_raw and n_samples_dedup; ci_low and ci_high: 95 % Wilson
-- interval of accuracy_dedup, ci_low_raw and ci_high_raw of accuracy_raw
-- reads: k_sweep, winners_every_k, class_prompts, samples, sample_labels, excluded_samples, judged_as, wilson_clustered
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is. Intervals are of as many
-- independent samples as k_sweep says; without duplicates only where persons are known, of the same design effect
with removed_winners as (
    select
        winners_every_k.encoder_id,
        winners_every_k.prompt_set,
        winners_every_k.attribute,
        sample_labels.taxonomy,
        sample_labels.dataset,
        sample_labels.split,
        sample_labels.label,
        winners_every_k.k_before + unnest(range(1, 9)) as k,
        unnest([
            winners_every_k.winner_1,
            winners_every_k.winner_2,
            winners_every_k.winner_3,
            winners_every_k.winner_4,
            winners_every_k.winner_5,
            winners_every_k.winner_6,
            winners_every_k.winner_7,
            winners_every_k.winner_8
        ]) as place
    from winners_every_k
    inner join excluded_samples using (sample_id)
    inner join sample_labels using (sample_id, attribute)
),

removed as (
    select
        removed_winners.encoder_id,
        removed_winners.prompt_set,
        removed_winners.attribute,
        removed_winners.dataset,
        removed_winners.split,
        removed_winners.k,
        count(*) as n_samples,
        count(*) filter (
            where removed_winners.label
            = judged_as(
                removed_winners.taxonomy, removed_winners.attribute, class_prompts.class
            )
        ) as n_correct
    from removed_winners
    inner join class_prompts using (prompt_set, attribute, place)
    group by all
),

counts as (
    select
        k_sweep.*,
        coalesce(removed.n_samples, 0) as n_removed,
        round(k_sweep.accuracy * k_sweep.n_samples)::bigint
        - coalesce(removed.n_correct, 0) as n_correct_dedup
    from k_sweep
    left join removed
        on
            k_sweep.encoder_id = removed.encoder_id
            and k_sweep.prompt_set = removed.prompt_set
            and k_sweep.attribute = removed.attribute
            and k_sweep.dataset = removed.dataset
            and k_sweep.split is not distinct from removed.split
            and k_sweep.k = removed.k
),

-- copies that are left out hang together no more, but pictures of one person do
with_people as (
    select distinct dataset
    from samples
    where person_id is not null
),

sized as (
    select
        *,
        n_samples - n_removed as n_samples_dedup,
        n_effective / n_samples as worth,
        if(dataset in (select dataset from with_people), worth, 1) as worth_dedup
    from counts
),

intervals as (
    select
        *,
        wilson_clustered(n_correct_dedup, n_samples_dedup, n_samples_dedup * worth_dedup) as limits
    from sized
)

select
    encoder_id,
    encoder,
    prompt_set,
    attribute,
    taxonomy,
    dataset,
    split,
    k,
    n_samples as n_samples_raw,
    n_removed,
    n_samples_dedup,
    accuracy as accuracy_raw,
    intervals.ci_low as ci_low_raw,
    intervals.ci_high as ci_high_raw,
    if(n_samples_dedup > 0, n_correct_dedup / n_samples_dedup, null) as accuracy_dedup,
    limits.low as ci_low,
    limits.high as ci_high
from intervals
