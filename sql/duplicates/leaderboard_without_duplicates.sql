-- leaderboard_without_duplicates: the classifiers of an attribute, ranked with and without duplicates
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1]; ranks from 1; ci_low and ci_high: 95 % Wilson interval of
-- accuracy_dedup, ci_low_raw and ci_high_raw of accuracy_raw
-- reads: accuracy_without_duplicates
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is. Where no
-- sample is left there is no accuracy_dedup and no rank_dedup
select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    n_samples_raw,
    n_removed,
    accuracy_raw,
    ci_low_raw,
    ci_high_raw,
    accuracy_dedup,
    ci_low,
    ci_high,
    rank() over (
        partition by attribute, dataset, split
        order by accuracy_raw desc
    ) as rank_raw,
    if(
        accuracy_dedup is null,
        null,
        rank() over (
            partition by attribute, dataset, split
            order by accuracy_dedup desc nulls last
        )
    ) as rank_dedup
from accuracy_without_duplicates
