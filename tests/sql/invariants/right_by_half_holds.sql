-- right_by_half_holds: both halves together are all judged samples and all right ones
-- audits: right_by_half
-- reads: right_by_half, judged_counts, classifiers
-- todo: the view is wrong
with counted as (
    select
        classifier,
        dataset,
        split,
        sum(n_samples) as n_judged,
        coalesce(sum(n_samples) filter (where is_correct), 0) as n_right
    from judged_counts
    group by all
),

named as (
    select
        classifiers.name as classifier,
        right_by_half.* exclude (classifier_id)
    from right_by_half
    inner join classifiers using (classifier_id)
)

select
    coalesce(named.classifier, counted.classifier) as classifier,
    coalesce(named.dataset, counted.dataset) as dataset,
    coalesce(named.split, counted.split) as split,
    named.n_judged,
    named.n_right,
    named.n_judged_first,
    named.n_right_first
from named
full outer join counted
    on
        named.classifier = counted.classifier
        and named.dataset = counted.dataset
        and named.split is not distinct from counted.split
where
    named.n_judged is distinct from counted.n_judged
    or named.n_right is distinct from counted.n_right
    or not coalesce(named.n_right_first between 0 and named.n_judged_first, false)
    or not coalesce(named.n_right - named.n_right_first between 0 and named.n_judged - named.n_judged_first, false)
