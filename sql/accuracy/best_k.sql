-- best_k: the best k of a sweep, and what is left of its accuracy when it is chosen on other samples
-- grain: encoder, prompt_set, attribute, dataset, split
-- units: fractions in [0, 1]; held_out_accuracy: each half of the samples is judged with the k that is
-- best on the other half; ci_low and ci_high: its 95 % Wilson interval, of n_effective samples: a person, or a picture and
-- its copies, counts as one (see cluster_sizes)
-- reads: confusion_every_k, cluster_sizes, encoders, counted_by_cluster, wilson_clustered
-- note: halves go by the MD5 of data set and path, so they are the same in every store; who has several pictures is in one
-- half with all of them. Of equally good ks the smallest counts; held_out_accuracy is NULL where a half has no sample
with judged as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
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
    group by all
),

-- Windows and not a join of the sweep with itself, through which a filter of the view would not get.
ranked as (
    select
        *,
        first_value(k) over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by n_correct desc, k asc
        ) as k_best,
        first_value(k) over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by n_correct_first desc, k asc
        ) as k_first,
        first_value(k) over (
            partition by encoder_id, prompt_set, attribute, dataset, split
            order by n_correct - n_correct_first desc, k asc
        ) as k_second
    from judged
),

chosen as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        any_value(n_samples) as n_samples,
        any_value(n_first) between 1 and any_value(n_samples) - 1 as has_halves,
        any_value(k_best) as k,
        max(n_correct) as n_correct,
        any_value(k_first) as k_first,
        any_value(k_second) as k_second,
        sum(
            if(k = k_second, n_correct_first, 0)
            + if(k = k_first, n_correct - n_correct_first, 0)
        )::bigint as n_held_out
    from ranked
    group by all
),

sized as (
    select
        chosen.*,
        counted_by_cluster(chosen.n_samples, cluster_sizes.mean_cluster_size) as n_effective
    from chosen
    left join cluster_sizes
        on
            chosen.attribute = cluster_sizes.attribute
            and chosen.dataset = cluster_sizes.dataset
            and chosen.split is not distinct from cluster_sizes.split
            and cluster_sizes.group_attribute = 'overall'
),

intervals as (
    select
        *,
        wilson_clustered(n_held_out, n_samples, n_effective) as limits
    from sized
)

select
    chosen.encoder_id,
    encoders.name as encoder,
    chosen.prompt_set,
    chosen.attribute,
    chosen.taxonomy,
    chosen.dataset,
    chosen.split,
    chosen.n_samples,
    chosen.k,
    chosen.n_correct / chosen.n_samples as accuracy,
    chosen.k_first as k_of_first_half,
    chosen.k_second as k_of_second_half,
    if(chosen.has_halves, chosen.n_held_out / chosen.n_samples, null) as held_out_accuracy,
    if(chosen.has_halves, chosen.limits.low, null) as ci_low,
    if(chosen.has_halves, chosen.limits.high, null) as ci_high,
    chosen.n_effective
from intervals as chosen
inner join encoders using (encoder_id)
