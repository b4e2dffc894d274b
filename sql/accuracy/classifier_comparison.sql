-- classifier_comparison: two classifiers of one attribute on the samples that both were judged on
-- grain: attribute, dataset, split, classifier_a, classifier_b
-- units: counts of samples; accuracies and their difference (a - b) are fractions; ci_low and ci_high:
-- 95 % interval of the difference; p_value: exact McNemar; p_value_holm: after Holm over all pairs of
-- the attribute, data set and split
-- reads: judged_pairs, numbered_splits, classifiers, label_taxonomies, pair_correlation, difference_low,
-- difference_high, mcnemar_exact, half_binomial, seen_by
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, method 10;
-- Holm 1979
with counts as (
    select
        a.attribute,
        numbered_splits.dataset,
        numbered_splits.split,
        a.name as classifier_a,
        b.name as classifier_b,
        met.* exclude (split_number, classifier_id_a, classifier_id_b),
        label_taxonomies.taxonomy
    from judged_pairs as met
    inner join classifiers as a on met.classifier_id_a = a.classifier_id
    inner join classifiers as b on met.classifier_id_b = b.classifier_id
    inner join numbered_splits using (split_number)
    inner join label_taxonomies
        on
            a.attribute = label_taxonomies.attribute
            and numbered_splits.dataset = label_taxonomies.dataset
),

shares as (
    select
        *,
        n_both_right + n_only_a as n_right_a,
        n_both_right + n_only_b as n_right_b,
        n_right_a / n_samples as accuracy_a,
        n_right_b / n_samples as accuracy_b,
        pair_correlation(n_both_right, n_only_a, n_only_b, n_both_wrong) as correlation
    from counts
),

tested as (
    select
        *,
        mcnemar_exact(n_only_a, n_only_b) as p_value
    from shares
),

ranked as (
    select
        *,
        count(*) over (partition by attribute, dataset, split) as n_pairs,
        row_number() over (
            partition by attribute, dataset, split order by p_value, classifier_a, classifier_b
        ) as step
    from tested
)

select
    attribute,
    taxonomy,
    dataset,
    split,
    classifier_a,
    classifier_b,
    seen_by(classifier_a, dataset, split) as seen_a,
    seen_by(classifier_b, dataset, split) as seen_b,
    n_samples,
    n_both_right,
    n_only_a,
    n_only_b,
    n_both_wrong,
    accuracy_a,
    accuracy_b,
    accuracy_a - accuracy_b as difference,
    difference_low(n_right_a, n_samples, n_right_b, n_samples, correlation) as ci_low,
    difference_high(n_right_a, n_samples, n_right_b, n_samples, correlation) as ci_high,
    p_value,
    -- mcnemar_mid_p, of the p-value that is there
    if(n_only_a = n_only_b, 1, p_value - half_binomial(n_only_a, n_only_b)) as p_value_mid,
    max(least(1, (n_pairs - step + 1) * p_value)) over (
        partition by attribute, dataset, split
        order by step
        rows between unbounded preceding and current row
    ) as p_value_holm
from ranked
