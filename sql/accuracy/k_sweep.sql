-- k_sweep: accuracy of zero_shot_topk for every k up to the largest number of prompts of a class
-- grain: encoder, prompt_set, attribute, dataset, split, k
-- units: fractions in [0, 1]; ci_low and ci_high: 95 % Wilson interval of accuracy, of n_effective samples: a person, or a
-- picture and its copies, counts as one (see cluster_sizes)
-- reads: confusion_every_k, cluster_sizes, encoders, counted_by_cluster, wilson_clustered
-- note: the best k of a sweep, chosen on the samples it is judged on, flatters
with recalls as materialized (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        k,
        label,
        sum(n_samples) as n_samples,
        coalesce(sum(n_samples) filter (where predicted = label), 0) as n_correct
    from confusion_every_k
    group by all
),

counts as (
    select
        encoder_id,
        prompt_set,
        attribute,
        taxonomy,
        dataset,
        split,
        k,
        sum(n_samples)::bigint as n_samples,
        sum(n_correct) as n_correct,
        avg(n_correct / n_samples) as balanced_accuracy
    from recalls
    group by all
),

-- a step of its own, as the macro below names n_effective many times
sized as (
    select
        counts.*,
        counted_by_cluster(counts.n_samples, cluster_sizes.mean_cluster_size) as n_effective
    from counts
    left join cluster_sizes
        on
            counts.attribute = cluster_sizes.attribute
            and counts.dataset = cluster_sizes.dataset
            and counts.split is not distinct from cluster_sizes.split
            and cluster_sizes.group_attribute = 'overall'
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits
    from sized
)

select
    intervals.encoder_id,
    encoders.name as encoder,
    intervals.prompt_set,
    intervals.attribute,
    intervals.taxonomy,
    intervals.dataset,
    intervals.split,
    intervals.k,
    intervals.n_samples,
    intervals.n_correct / intervals.n_samples as accuracy,
    intervals.balanced_accuracy,
    intervals.limits.low as ci_low,
    intervals.limits.high as ci_high,
    intervals.n_effective
from intervals
inner join encoders using (encoder_id)
