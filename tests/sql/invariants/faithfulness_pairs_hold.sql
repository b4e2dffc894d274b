-- faithfulness_pairs_hold: the difference is that of the two gains, lies in its interval, and no pair is there both ways
-- audits: faithfulness_pairs
-- reads: faithfulness_pairs, faithfulness_gains
-- todo: the view is wrong
with measured as (
    select
        coalesce(classifier, encoder) as asked,
        method,
        measure,
        count(distinct sample_id) as n_measured
    from faithfulness_gains
    where whose = 'trained' and against = 'random'
    group by all
)

select pairs.*
from faithfulness_pairs as pairs
left join measured as one
    on pairs.asked_a = one.asked and pairs.method_a = one.method and pairs.measure = one.measure
where
    (pairs.asked_a, pairs.method_a, pairs.parameters_a) >= (pairs.asked_b, pairs.method_b, pairs.parameters_b)
    or pairs.measure not in ('deletion', 'insertion')
    or pairs.n_clusters < 1
    or pairs.n_clusters > pairs.n_samples
    or not coalesce(pairs.n_samples <= one.n_measured, false)
    or abs(pairs.gain_a - pairs.gain_b - pairs.difference) > 1e-9
    or not coalesce(pairs.ci_low <= pairs.difference and pairs.difference <= pairs.ci_high, pairs.n_clusters = 1)
