-- ranking_skew_by_group(of_prompt, minus_prompt, of_attribute, first_k): who is among the first of a ranking by prompts
-- grain: encoder, dataset, split, group_attribute, group_name
-- units: share_of_first is the share of the group among the n_first samples that come first, share_of_all that among all
-- n_samples; skew is the logarithm of their ratio, 0 where they are alike, NULL where none of the group comes first;
-- ci_low and ci_high: 95 % interval of skew, by the Wilson interval of share_of_first, of n_effective of the first samples: a
-- person, or a picture and its copies, counts as one (see sample_clusters)
-- reads: ranked_by_prompts, kept_sample_clusters, if_enough, wilson_clustered
-- source: Geyik, Ambler and Kenthapadi 2019, arXiv 1905.01989, definition 3.1
-- note: arguments as in ranked_by_prompts; first_k is at least 1. A group with fewer than min_samples samples (a
-- setting of the store) has no rates
with ranked as materialized (
    select
        *,
        rank <= if(first_k >= 1, first_k, error('first_k must be 1 or more, not ' || first_k)) as is_first
    from ranked_by_prompts(of_prompt, minus_prompt, of_attribute)
),

counts as (
    select
        encoder_id,
        encoder,
        dataset,
        split,
        group_attribute,
        group_name,
        count(*) as n_group,
        count(*) filter (where is_first) as n_group_first
    from ranked
    group by all
),

clusters as (
    select
        ranked.encoder_id,
        ranked.dataset,
        ranked.split,
        kept_sample_clusters.cluster_number,
        count(*) as n_in_cluster
    from ranked
    inner join kept_sample_clusters using (sample_id)
    where ranked.is_first
    group by all
),

-- for each of the first samples, how many more of its cluster are among them
more as (
    select
        encoder_id,
        dataset,
        split,
        sum(n_in_cluster * (n_in_cluster - 1)) as n_more
    from clusters
    group by all
),

shares as (
    select
        *,
        (sum(n_group) over whole)::bigint as n_samples,
        (sum(n_group_first) over whole)::bigint as n_first
    from counts
    window whole as (partition by encoder_id, dataset, split)
),

sized as (
    select
        shares.*,
        shares.n_first / (1 + coalesce(more.n_more, 0) / shares.n_first) as n_effective
    from shares
    left join more
        on
            shares.encoder_id = more.encoder_id
            and shares.dataset = more.dataset
            and shares.split is not distinct from more.split
),

intervals as (
    select
        *,
        wilson_clustered(n_group_first, n_first, n_effective) as limits
    from sized
)

select
    encoder_id,
    encoder,
    dataset,
    split,
    group_attribute,
    group_name,
    n_samples,
    n_group,
    n_first,
    n_group_first,
    if_enough(n_group / n_samples, n_group) as share_of_all,
    if_enough(n_group_first / n_first, n_group) as share_of_first,
    if_enough(ln(nullif(n_group_first, 0) / n_first * n_samples / n_group), n_group) as skew,
    if_enough(ln(nullif(limits.low, 0) * n_samples / n_group), n_group) as ci_low,
    if_enough(ln(limits.high * n_samples / n_group), n_group) as ci_high,
    n_effective
from intervals
