-- classifier_comparison: two classifiers of one attribute on the samples that both were judged on
-- grain: attribute, dataset, split, classifier_a, classifier_b
-- units: counts of samples; accuracies and their difference (a - b) are fractions; ci_low and ci_high:
-- 95 % interval of the difference; p_value: exact McNemar; p_value_holm: after Holm over all pairs of
-- the attribute, data set and split
-- reads: judged_pairs, numbered_splits, classifiers, label_taxonomies, cluster_effects, pair_correlation, difference_low,
-- difference_high, mcnemar_exact, half_binomial, seen_by
-- source: Newcombe 1998, 10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C, method 10;
-- Holm 1979
-- note: where samples show the same person (see cluster_effects) interval and tests are of n_effective samples: as many as
-- those of the classifier are worth which is the more correlated
with counts as (
    select
        a.attribute,
        numbered_splits.dataset,
        numbered_splits.split,
        a.name as classifier_a,
        b.name as classifier_b,
        met.* exclude (split_number, classifier_id_a, classifier_id_b),
        label_taxonomies.taxonomy,
        least(
            coalesce(of_a.n_effective / of_a.n_samples, 1),
            coalesce(of_b.n_effective / of_b.n_samples, 1)
        ) as worth
    from judged_pairs as met
    inner join classifiers as a on met.classifier_id_a = a.classifier_id
    inner join classifiers as b on met.classifier_id_b = b.classifier_id
    inner join numbered_splits using (split_number)
    inner join label_taxonomies
        on
            a.attribute = label_taxonomies.attribute
            and numbered_splits.dataset = label_taxonomies.dataset
    left join cluster_effects as of_a
        on
            met.classifier_id_a = of_a.classifier_id
            and numbered_splits.dataset = of_a.dataset
            and numbered_splits.split is not distinct from of_a.split
            and of_a.group_attribute = 'overall'
    left join cluster_effects as of_b
        on
            met.classifier_id_b = of_b.classifier_id
            and numbered_splits.dataset = of_b.dataset
            and numbered_splits.split is not distinct from of_b.split
            and of_b.group_attribute = 'overall'
),

shares as (
    select
        *,
        n_both_right + n_only_a as n_right_a,
        n_both_right + n_only_b as n_right_b,
        n_right_a / n_samples as accuracy_a,
        n_right_b / n_samples as accuracy_b,
        n_samples * worth as n_worth,
        n_right_a * worth as n_worth_a,
        n_right_b * worth as n_worth_b,
        -- whole numbers, rounded towards each other, so that rounding makes no difference
        if(n_only_a < n_only_b, ceil(n_only_a * worth - 1e-6), floor(n_only_a * worth + 1e-6))::bigint
            as n_worth_only_a,
        if(n_only_b < n_only_a, ceil(n_only_b * worth - 1e-6), floor(n_only_b * worth + 1e-6))::bigint
            as n_worth_only_b,
        pair_correlation(
            n_both_right * worth, n_only_a * worth, n_only_b * worth, n_both_wrong * worth
        ) as correlation
    from counts
),

tested as (
    select
        *,
        mcnemar_exact(n_worth_only_a, n_worth_only_b) as p_value
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
    n_worth as n_effective,
    n_both_right,
    n_only_a,
    n_only_b,
    n_both_wrong,
    accuracy_a,
    accuracy_b,
    accuracy_a - accuracy_b as difference,
    difference_low(n_worth_a, n_worth, n_worth_b, n_worth, correlation) as ci_low,
    difference_high(n_worth_a, n_worth, n_worth_b, n_worth, correlation) as ci_high,
    p_value,
    -- mcnemar_mid_p, of the p-value that is there
    if(
        n_worth_only_a = n_worth_only_b,
        1,
        p_value - half_binomial(n_worth_only_a, n_worth_only_b)
    ) as p_value_mid,
    max(least(1, (n_pairs - step + 1) * p_value)) over (
        partition by attribute, dataset, split
        order by step
        rows between unbounded preceding and current row
    ) as p_value_holm
from ranked
