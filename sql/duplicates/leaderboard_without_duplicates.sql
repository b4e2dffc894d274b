-- leaderboard_without_duplicates: the classifiers of an attribute, ranked with and without duplicates
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1]; ranks from 1, by the right answers of all labelled samples, as those of the
-- leaderboard; ci_low and ci_high: 95 % Wilson interval of accuracy_dedup, ci_low_raw and ci_high_raw of accuracy_raw
-- reads: accuracy_without_duplicates
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is. Where no
-- sample is left there is no accuracy_dedup and no rank_dedup. A classifier that was trained or tuned on the split has no
-- rank, and takes no part in those of the others
with counted as (
    select
        *,
        -- all are judged by the same labels, so these rank as accuracy_at_least does
        round(accuracy_raw * n_samples_raw) as n_correct,
        round(accuracy_dedup * n_samples_dedup) as n_correct_dedup
    from accuracy_without_duplicates
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen,
    n_samples_raw,
    n_removed,
    accuracy_raw,
    ci_low_raw,
    ci_high_raw,
    accuracy_dedup,
    ci_low,
    ci_high,
    if(
        seen is null,
        rank() over (
            partition by attribute, dataset, split, seen is null
            order by n_correct desc
        ),
        null
    ) as rank_raw,
    if(
        seen is null and accuracy_dedup is not null,
        rank() over (
            partition by attribute, dataset, split, seen is null
            order by n_correct_dedup desc nulls last
        ),
        null
    ) as rank_dedup
from counted
