-- rate_gaps_hold: gaps and ratios are those of rates_by_group, and lie within their intervals
-- audits: rate_gaps, rates_by_group
-- reads: rate_gaps, rates_by_group
-- todo: the view is wrong
with rates as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        class,
        unnest([
            { 'measure': 'selection_rate', 'rate': selection_rate },
            { 'measure': 'true_positive_rate', 'rate': true_positive_rate },
            { 'measure': 'false_positive_rate', 'rate': false_positive_rate },
            { 'measure': 'positive_predictive_value', 'rate': precision },
            { 'measure': 'negative_predictive_value', 'rate': negative_predictive_value }
        ]) as named
    from rates_by_group
    where
        group_attribute <> 'overall'
        and not contains(' x ' || group_attribute || ' x ', ' x ' || attribute || ' x ')
),

expected as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        class,
        named.measure,
        count(named.rate) as n_groups,
        min(named.rate) as rate_min,
        max(named.rate) as rate_max
    from rates
    group by all
    having count(named.rate) > 1
),

found as (
    select *
    from rate_gaps
    where
        measure not in ('label_share', 'equalized_odds')
        -- those without are of predicted_shares
        and taxonomy is not null
)

select
    coalesce(expected.classifier, found.classifier) as classifier,
    coalesce(expected.dataset, found.dataset) as dataset,
    coalesce(expected.split, found.split) as split,
    coalesce(expected.group_attribute, found.group_attribute) as group_attribute,
    coalesce(expected.class, found.class) as class,
    coalesce(expected.measure, found.measure) as measure,
    found.n_groups,
    found.gap,
    expected.rate_max - expected.rate_min as expected_gap,
    found.ratio,
    found.ci_low,
    found.ci_high
from expected
full outer join found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_attribute = found.group_attribute
        and expected.class = found.class
        and expected.measure = found.measure
where
    expected.n_groups is distinct from found.n_groups
    or coalesce(abs(found.gap - (expected.rate_max - expected.rate_min)) > 1e-9, true)
    or coalesce(abs(found.rate_min - expected.rate_min) > 1e-9, true)
    or coalesce(abs(found.rate_max - expected.rate_max) > 1e-9, true)
    or coalesce(found.n_highest, 0) < 1
    or coalesce(found.n_lowest, 0) < 1
union all
select
    classifier,
    dataset,
    split,
    group_attribute,
    class,
    measure,
    n_groups,
    gap,
    rate_max - rate_min as expected_gap,
    ratio,
    ci_low,
    ci_high
from rate_gaps
where
    coalesce(abs(gap - (rate_max - rate_min)) > 1e-9, true)
    or coalesce(gap not between 0 and 1, true)
    or coalesce(ci_low not between -1 and gap + 1e-9, true)
    or coalesce(ci_high not between gap - 1e-9 and 1 + 1e-9, true)
    or abs(ratio * rate_max - rate_min) > 1e-9
    or coalesce(ci_low_ratio not between 0 and ci_high_ratio, true)
