-- region_shares_by_group_hold: mean shares lie within their intervals, those of one axis add up to 1, and every map is in overall
-- audits: region_shares_by_group, t_975
-- reads: region_shares_by_group, relevancy_by_region
-- todo: the view is wrong
with totals as (
    select
        *,
        sum(share) over (
            partition by
                encoder_id, classifier_id, method, target, parameters, dataset, split, outcome,
                group_attribute, group_name, axis
        ) as total,
        sum(n_samples) filter (
            where outcome = 'all' and group_attribute = 'overall'
        ) over (partition by region) as n_overall
    from region_shares_by_group
),

maps as (
    select
        region,
        count(share) as n_maps
    from relevancy_by_region
    group by region
)

select
    totals.encoder_id,
    totals.classifier_id,
    totals.target,
    totals.outcome,
    totals.group_attribute,
    totals.group_name,
    totals.region,
    totals.n_samples,
    totals.n_effective,
    totals.n_without,
    totals.share,
    totals.ci_low,
    totals.ci_high,
    totals.total,
    totals.n_overall,
    maps.n_maps
from totals
left join maps on totals.region = maps.region
where
    totals.n_samples is null
    or totals.n_without is null
    or totals.n_without < 0
    or totals.n_samples + totals.n_without < 1
    or totals.n_overall is distinct from maps.n_maps
    or not coalesce(totals.share between 0 and 1 + 1e-9, true)
    or not coalesce(abs(totals.total - 1) < 1e-6, true)
    or not coalesce(abs(totals.ratio * totals.area - totals.share) < 1e-9, true)
    or not coalesce(totals.share_sd >= 0 and isfinite(totals.share_sd), true)
    or not coalesce(totals.ci_low <= totals.share and totals.share <= totals.ci_high, true)
    or (totals.ci_low is null) <> (totals.ci_high is null)
    or coalesce(totals.n_effective not between 0 and totals.n_samples + 1e-9, true)
    or (totals.n_effective < 2 - 1e-6 and totals.ci_low is not null)
    or (totals.share is not null and totals.n_effective > 2 - 1e-6 and totals.ci_low is null)
