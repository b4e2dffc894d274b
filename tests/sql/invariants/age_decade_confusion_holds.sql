-- age_decade_confusion_holds: the decades of ages have as many samples as their errors, and shares add up to 1
-- audits: age_decade_confusion
-- reads: age_decade_confusion, age_errors
-- todo: the view is wrong
with sums as (
    select
        classifier,
        dataset,
        split,
        sum(n_samples) as n_samples,
        sum(fraction_of_decade) as n_decades,
        count(distinct decade) as n_decades_expected,
        min(n_samples) as n_least
    from age_decade_confusion
    group by classifier, dataset, split
),

errors as (
    select
        classifier,
        dataset,
        split,
        n_samples
    from age_errors
    where group_attribute = 'overall'
)

select
    coalesce(sums.classifier, errors.classifier) as classifier,
    coalesce(sums.dataset, errors.dataset) as dataset,
    coalesce(sums.split, errors.split) as split,
    sums.n_samples,
    errors.n_samples as n_errors,
    sums.n_decades,
    sums.n_decades_expected
from sums
full join errors
    on
        sums.classifier = errors.classifier
        and sums.dataset = errors.dataset
        and sums.split is not distinct from errors.split
where
    sums.n_samples is distinct from errors.n_samples
    or sums.n_least < 1
    or not (abs(sums.n_decades - sums.n_decades_expected) < 1e-9)
