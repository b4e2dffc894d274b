-- predicted_shares_hold: shares of a group add up, and those of nothing that is labelled have their gaps in rate_gaps
-- audits: predicted_shares, rate_gaps, prediction_coverage
-- reads: predicted_shares, rate_gaps, prediction_coverage, label_counts
-- todo: the view is wrong
with groups as (
    select
        classifier,
        attribute,
        dataset,
        split,
        group_attribute,
        group_name,
        any_value(n_samples) as n_samples,
        any_value(n_ties) as n_ties,
        sum(n_predicted) as n_predicted,
        sum(share) as share,
        count(*) as n_classes
    from predicted_shares
    group by all
),

expected as (
    select
        classifier,
        dataset,
        split,
        group_attribute,
        predicted as class,
        max(share) - min(share) as gap
    from predicted_shares
    anti join label_counts
        on
            predicted_shares.dataset = label_counts.dataset
            and predicted_shares.split is not distinct from label_counts.split
            and predicted_shares.attribute = label_counts.attribute
    where group_attribute <> 'overall'
    group by all
    having count(share) > 1
),

found as (
    select *
    from rate_gaps
    where taxonomy is null
)

select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    'its classes do not add up' as problem
from groups
where
    coalesce(n_samples < 1, true)
    or n_predicted is distinct from n_samples
    or abs(share - 1) > 1e-9
    or classifier in (
        select others.classifier
        from groups as others
        group by all
        having count(distinct others.n_classes) > 1
    )
union all
select
    prediction_coverage.classifier,
    prediction_coverage.dataset,
    prediction_coverage.split,
    'overall' as group_attribute,
    'overall' as group_name,
    'it is not all that is predicted' as problem
from prediction_coverage
left join groups
    on
        prediction_coverage.classifier = groups.classifier
        and prediction_coverage.dataset = groups.dataset
        and prediction_coverage.split is not distinct from groups.split
        and groups.group_attribute = 'overall'
where
    prediction_coverage.n_predicted <> coalesce(groups.n_samples, 0)
    or prediction_coverage.n_ties <> coalesce(groups.n_ties, prediction_coverage.n_ties)
union all
select
    classifier,
    dataset,
    split,
    group_attribute,
    group_name,
    'a share is not what it says' as problem
from predicted_shares
where
    coalesce(n_predicted not between 0 and n_samples, true)
    or coalesce(n_ties < 0, true)
    or abs(share - n_predicted / n_samples) > 1e-9
    or coalesce(share not between ci_low - 1e-9 and ci_high + 1e-9, share is not null)
union all
select
    coalesce(expected.classifier, found.classifier) as classifier,
    coalesce(expected.dataset, found.dataset) as dataset,
    coalesce(expected.split, found.split) as split,
    coalesce(expected.group_attribute, found.group_attribute) as group_attribute,
    found.highest_group as group_name,
    'its gap is another one' as problem
from expected
full outer join found
    on
        expected.classifier = found.classifier
        and expected.dataset = found.dataset
        and expected.split is not distinct from found.split
        and expected.group_attribute = found.group_attribute
        and expected.class = found.class
where
    coalesce(abs(expected.gap - found.gap) > 1e-9, true)
    or found.measure <> 'selection_rate'
