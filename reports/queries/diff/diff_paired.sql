-- diff_paired: On the samples of both
-- text: The same classifiers on the samples that both stores judged, one by one. n only before counts what was right
-- and is wrong now, n only after what is right now. The difference has Newcombe's 95 % interval for pairs, p is the
-- exact test of McNemar, and p after Holm takes into account that all classifiers of the attribute, data set and
-- split were tested: judge by that one. Samples may be judged otherwise because a prediction changed, or a label.
-- empty: No classifier was judged on a sample of both stores.
-- head: classifier
-- with: pairs judged_both paired_counts
with tested as (
    select
        *,
        mcnemar_exact(n_only_after, n_only_before) as p_value,
        count(*) over (partition by attribute, dataset, split) as n_tests
    from paired_counts
),

ranked as (
    select
        *,
        row_number() over (
            partition by attribute, dataset, split order by p_value, classifier
        ) as step
    from tested
)

select
    dataset,
    split,
    attribute,
    classifier,
    n_common as n_samples,
    n_only_before,
    n_only_after,
    (n_both_right + n_only_before) / n_common as accuracy_before,
    (n_both_right + n_only_after) / n_common as accuracy_after,
    (n_only_after - n_only_before) / n_common as difference,
    difference_low(
        n_both_right + n_only_after,
        n_common,
        n_both_right + n_only_before,
        n_common,
        pair_correlation(n_both_right, n_only_after, n_only_before, n_both_wrong)
    ) as ci_low,
    difference_high(
        n_both_right + n_only_after,
        n_common,
        n_both_right + n_only_before,
        n_common,
        pair_correlation(n_both_right, n_only_after, n_only_before, n_both_wrong)
    ) as ci_high,
    p_value,
    max(least(1, (n_tests - step + 1) * p_value)) over (
        partition by attribute, dataset, split
        order by step
        rows between unbounded preceding and current row
    ) as p_value_holm
from ranked
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    abs(n_only_after - n_only_before) desc,
    classifier asc
