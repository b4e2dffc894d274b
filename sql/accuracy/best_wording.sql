-- best_wording: the best single wording of a prompt set, and what is left of its accuracy when it is chosen on other samples
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; accuracy of n_samples; held_out_accuracy: each half of the samples is judged with the wording
-- that is best on the other half; ci_low and ci_high: its 95 % Wilson interval, of n_effective samples: a person, or
-- a picture and its copies, counts as one (see cluster_sizes); n_wordings counts those chosen from
-- reads: wording_judgements, similarities, samples, kept_sample_clusters, cluster_sizes, encoders, is_first_half,
-- counted_by_cluster, wilson_clustered
-- note: halves are those of best_k, and of equally good wordings the last by name counts, as in prompt_sensitivity;
-- held_out_accuracy is NULL where a half has no sample
with halves as materialized (
    select
        samples.sample_id,
        is_first_half(
            samples.dataset, coalesce(kept_sample_clusters.first_path, samples.path)
        ) as is_first
    from samples
    left join kept_sample_clusters using (sample_id)
    -- without scores nothing is judged
    where exists (from similarities)
),

counts as (
    select
        wording_judgements.encoder_id,
        wording_judgements.wording_number,
        wording_judgements.dataset,
        wording_judgements.split,
        any_value(wording_judgements.prompt_set) as prompt_set,
        any_value(wording_judgements.attribute) as attribute,
        any_value(wording_judgements.taxonomy) as taxonomy,
        any_value(wording_judgements.wording) as wording,
        count(*) as n_samples,
        count(*) filter (where halves.is_first) as n_first,
        count(*) filter (where wording_judgements.is_correct) as n_correct,
        count(*) filter (where wording_judgements.is_correct and halves.is_first) as n_correct_first
    from wording_judgements
    inner join halves using (sample_id)
    group by all
),

chosen as (
    select
        *,
        count(*) over kind as n_wordings,
        row_number() over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by n_correct / n_samples desc, wording desc
        ) as place,
        first_value(
            {
                'wording': wording,
                'n': n_samples - n_first,
                'n_correct': n_correct - n_correct_first
            }
        ) over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by n_correct_first / nullif(n_first, 0) desc nulls last, wording desc
        ) as of_first,
        first_value({ 'wording': wording, 'n': n_first, 'n_correct': n_correct_first }) over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by
                (n_correct - n_correct_first) / nullif(n_samples - n_first, 0) desc nulls last,
                wording desc
        ) as of_second
    from counts
    window kind as (partition by encoder_id, prompt_set, attribute, dataset, split)
),

held_out as (
    select
        *,
        if(of_first.n > 0 and of_second.n > 0, of_first.n + of_second.n, null) as n_judged,
        of_first.n_correct + of_second.n_correct as n_held_out
    from chosen
    where place = 1
),

sized as (
    select
        held_out.*,
        counted_by_cluster(held_out.n_judged, cluster_sizes.mean_cluster_size) as n_effective
    from held_out
    left join cluster_sizes
        on
            held_out.attribute = cluster_sizes.attribute
            and held_out.dataset = cluster_sizes.dataset
            and held_out.split is not distinct from cluster_sizes.split
            and cluster_sizes.group_attribute = 'overall'
),

intervals as (
    select
        *,
        wilson_clustered(n_held_out, n_judged, n_effective) as limits
    from sized
)

select
    held_out.encoder_id,
    encoders.name as encoder,
    held_out.prompt_set,
    held_out.attribute,
    held_out.taxonomy,
    held_out.dataset,
    held_out.split,
    held_out.n_wordings,
    held_out.wording,
    held_out.n_samples,
    held_out.n_correct / held_out.n_samples as accuracy,
    held_out.of_first.wording as wording_of_first_half,
    held_out.of_second.wording as wording_of_second_half,
    held_out.n_held_out / held_out.n_judged as held_out_accuracy,
    held_out.limits.low as ci_low,
    held_out.limits.high as ci_high,
    held_out.n_effective
from intervals as held_out
inner join encoders using (encoder_id)
