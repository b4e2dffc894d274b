-- ranking_skew_by_group(of_prompt, minus_prompt, of_attribute, first_k): who is among the first of a ranking by prompts
-- grain: encoder, dataset, split, group_attribute, group_name
-- units: share_of_first is the share of the group among the n_first samples that come first, share_of_all that among all
-- n_samples; skew is the logarithm of their ratio, 0 where they are alike, NULL where none of the group comes first;
-- ci_low and ci_high: 95 % interval of skew, by the Wilson interval of share_of_first
-- reads: ranked_by_prompts, if_enough, wilson_low, wilson_high
-- source: Geyik, Ambler and Kenthapadi 2019, arXiv 1905.01989, definition 3.1
-- note: arguments as in ranked_by_prompts; first_k is at least 1. A group with fewer than min_samples samples (a
-- setting of the store) has no rates
with counts as (
    select
        encoder_id,
        encoder,
        dataset,
        split,
        group_attribute,
        group_name,
        count(*) as n_group,
        count(*) filter (
            where rank <= if(first_k >= 1, first_k, error('first_k must be 1 or more, not ' || first_k))
        ) as n_group_first
    from ranked_by_prompts(of_prompt, minus_prompt, of_attribute)
    group by all
),

shares as (
    select
        *,
        (sum(n_group) over whole)::bigint as n_samples,
        (sum(n_group_first) over whole)::bigint as n_first
    from counts
    window whole as (partition by encoder_id, dataset, split)
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
    if_enough(
        ln(nullif(wilson_low(n_group_first, n_first), 0) * n_samples / n_group), n_group
    ) as ci_low,
    if_enough(ln(wilson_high(n_group_first, n_first) * n_samples / n_group), n_group) as ci_high
from shares
