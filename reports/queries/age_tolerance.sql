-- age_tolerance: Ages within a tolerance
-- text: The fraction of predicted ages within so many years of the true one, of all n samples, with its
-- 95 % Wilson interval. An error of just the tolerance counts as right.
-- empty: No classifier predicts ages in years.
-- layout: blocks
-- head: years
with found as (
    select
        1 as years,
        within.*
    from age_errors_within(1) as within
    union all
    select
        2 as years,
        within.*
    from age_errors_within(2) as within
    union all
    select
        5 as years,
        within.*
    from age_errors_within(5) as within
    union all
    select
        8 as years,
        within.*
    from age_errors_within(8) as within
    union all
    select
        10 as years,
        within.*
    from age_errors_within(10) as within
    union all
    select
        15 as years,
        within.*
    from age_errors_within(15) as within
)

select
    dataset,
    split,
    'age' as attribute,
    classifier,
    years,
    n_samples,
    within_tolerance,
    ci_low,
    ci_high
from found
where group_attribute = 'overall'
order by dataset, split, classifier, years
