-- ranking_skew_holds: the largest skew is that of a group, shares add up, and no measure is below 0
-- audits: ranking_skew, ranking_skew_by_group, ranked_by_prompts
-- reads: ranking_skew, ranking_skew_by_group, ranked_by_prompts
-- todo: the view is wrong
with ranked as (
    select
        encoder_id,
        dataset,
        split,
        count(*) as n_samples,
        count(distinct rank) as n_ranks,
        max(rank) as last_rank
    from ranked_by_prompts('p1', 'p4', 'race')
    group by all
),

groups as (
    select
        encoder_id,
        dataset,
        split,
        sum(n_group)::bigint as n_samples,
        sum(n_group_first)::bigint as n_first,
        max(skew) as max_skew,
        bool_or(skew not between ci_low and ci_high) as is_outside,
        bool_or(coalesce(n_effective not between 1 - 1e-9 and n_first + 1e-9, true)) as is_too_large
    from ranking_skew_by_group('p1', 'p4', 'race', 3)
    group by all
)

select
    ranked.encoder_id,
    ranked.dataset,
    ranked.split,
    ranked.n_samples,
    skews.n_first,
    skews.max_skew,
    skews.ndkl
from ranked
full outer join groups
    on
        ranked.encoder_id = groups.encoder_id
        and ranked.dataset = groups.dataset
        and ranked.split is not distinct from groups.split
full outer join ranking_skew('p1', 'p4', 'race', 3, 0) as skews
    on
        ranked.encoder_id = skews.encoder_id
        and ranked.dataset = skews.dataset
        and ranked.split is not distinct from skews.split
where
    ranked.n_samples is distinct from ranked.n_ranks
    or ranked.n_samples is distinct from ranked.last_rank
    or ranked.n_samples is distinct from groups.n_samples
    or ranked.n_samples is distinct from skews.n_samples
    or least(ranked.n_samples, 3) is distinct from groups.n_first
    or groups.n_first is distinct from skews.n_first
    or coalesce(groups.is_outside, true)
    or coalesce(groups.is_too_large, true)
    or abs(groups.max_skew - skews.max_skew) > 1e-9
    or coalesce(skews.max_skew < -1e-9, true)
    or coalesce(skews.ndkl < -1e-9, true)
    or coalesce(skews.max_skew_by_chance < -1e-9, true)
    or coalesce(skews.ndkl_by_chance < -1e-9, true)
    or coalesce(skews.max_skew_chance_95 < -1e-9, true)
    or coalesce(skews.ndkl_chance_95 < -1e-9, true)
