-- diff_accuracy: Accuracy before and after
-- text: Classifiers that both stores have, each accuracy with its 95 % Wilson interval, and the difference after
-- minus before with its 95 % interval by Newcombe. Where both were judged on exactly the same samples (is
-- paired), the interval is that of a paired difference. Else it treats the two as independent, and samples
-- in common as a rule make it wider than it need be.
-- empty: No classifier was judged on the same data set and split in both stores.
-- head: classifier
-- with: pairs judged_both paired_counts
with shares as (
    select
        after.dataset,
        after.split,
        after.attribute,
        after.classifier,
        before.n_samples as n_samples_before,
        before.accuracy as accuracy_before,
        before.ci_low as before_ci_low,
        before.ci_high as before_ci_high,
        round(before.accuracy * before.n_samples)::bigint as n_right_before,
        after.n_samples as n_samples_after,
        after.accuracy as accuracy_after,
        after.ci_low as after_ci_low,
        after.ci_high as after_ci_high,
        round(after.accuracy * after.n_samples)::bigint as n_right_after,
        coalesce(
            common.n_common = before.n_samples and common.n_common = after.n_samples, false
        ) as is_paired,
        if(
            is_paired,
            pair_correlation(
                common.n_both_right, common.n_only_after, common.n_only_before, common.n_both_wrong
            ),
            0
        ) as correlation
    from classifier_summary as after
    inner join other.classifier_summary as before
        on
            after.classifier = before.classifier
            and after.attribute = before.attribute
            and after.dataset = before.dataset
            and after.split is not distinct from before.split
    left join paired_counts as common
        on
            after.classifier = common.classifier
            and after.dataset = common.dataset
            and after.split is not distinct from common.split
)

select
    dataset,
    split,
    attribute,
    classifier,
    accuracy_before,
    accuracy_after,
    accuracy_after - accuracy_before as difference,
    difference_low(
        n_right_after, n_samples_after, n_right_before, n_samples_before, correlation
    ) as ci_low,
    difference_high(
        n_right_after, n_samples_after, n_right_before, n_samples_before, correlation
    ) as ci_high,
    is_paired,
    n_samples_before,
    before_ci_low,
    before_ci_high,
    n_samples_after,
    after_ci_low,
    after_ci_high
from shares
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    abs(accuracy_after - accuracy_before) desc,
    classifier asc
