-- relevancy_by_region_adds_up: a map has a share in every region, those of one axis add up to 1, or all are NULL
-- audits: relevancy_by_region
-- reads: relevancy_by_region, explanations, picture_regions
-- todo: the view is wrong
with expected as (
    select
        explanations.explanation_id,
        picture_regions.axis,
        count(*) as n_regions,
        any_value(list_max(explanations.relevance)) as highest
    from explanations
    cross join picture_regions
    group by
        explanations.explanation_id,
        picture_regions.axis
),

found as (
    select
        explanation_id,
        axis,
        count(*) as n_regions,
        count(share) as n_shares,
        sum(share) as total,
        min(share) as share_min,
        max(abs(ratio * area - share)) as ratio_error
    from relevancy_by_region
    group by
        explanation_id,
        axis
)

select
    expected.explanation_id,
    expected.axis,
    expected.n_regions as n_regions_expected,
    found.n_regions,
    found.n_shares,
    found.total,
    found.share_min,
    found.ratio_error
from expected
left join found
    on
        expected.explanation_id = found.explanation_id
        and expected.axis = found.axis
where
    found.n_regions is distinct from expected.n_regions
    or found.n_shares <> if(expected.highest > 0, expected.n_regions, 0)
    or not coalesce(
        abs(found.total - 1) < 1e-6 and found.share_min >= 0 and found.ratio_error < 1e-9, true
    )
