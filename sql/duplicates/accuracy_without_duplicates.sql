-- accuracy_without_duplicates: accuracy of a classifier with and without the samples that are left out as duplicates
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1], of n_samples_raw and n_samples_dedup; ci_low and ci_high: 95 % Wilson
-- interval of accuracy_dedup, ci_low_raw and ci_high_raw of accuracy_raw; n_removed counts judged samples; change
-- is accuracy_dedup - accuracy_raw
-- reads: judged_counts, cluster_effects, samples, accuracy_of_counts, wilson_clustered, seen_by
-- note: `facestore dedup --policy keep-one` says which samples are left out; before, none is. Intervals are of as many
-- independent samples as cluster_effects says; without duplicates only where persons are known, of the same design effect
-- deprecated: ci_low_dedup and ci_high_dedup, until version 0.2: ci_low and ci_high are the same
with counts as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sum(n_samples)::bigint as n_samples,
        coalesce(sum(n_samples) filter (where is_correct), 0)::bigint as n_correct,
        coalesce(sum(n_samples) filter (where not is_excluded), 0)::bigint as n_samples_dedup,
        coalesce(sum(n_samples) filter (where is_correct and not is_excluded), 0)::bigint as n_correct_dedup
    from judged_counts
    group by all
),

-- copies that are left out hang together no more, but pictures of one person do
with_people as (
    select distinct dataset
    from samples
    where person_id is not null
),

sized as (
    select
        counts.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth,
        if(counts.dataset in (select dataset from with_people), worth, 1) as worth_dedup
    from counts
    left join cluster_effects
        on
            counts.classifier = cluster_effects.classifier
            and counts.dataset = cluster_effects.dataset
            and counts.split is not distinct from cluster_effects.split
            and cluster_effects.group_attribute = 'overall'
),

shares as (
    select
        *,
        accuracy_of_counts(n_correct, n_samples) as figures,
        accuracy_of_counts(n_correct_dedup, n_samples_dedup) as figures_dedup,
        wilson_clustered(n_correct, n_samples, n_samples * worth) as limits,
        wilson_clustered(n_correct_dedup, n_samples_dedup, n_samples_dedup * worth_dedup)
            as limits_dedup
    from sized
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    figures.n_samples as n_samples_raw,
    figures.n_samples - figures_dedup.n_samples as n_removed,
    figures_dedup.n_samples as n_samples_dedup,
    figures.accuracy as accuracy_raw,
    limits.low as ci_low_raw,
    limits.high as ci_high_raw,
    figures_dedup.accuracy as accuracy_dedup,
    limits_dedup.low as ci_low,
    limits_dedup.high as ci_high,
    limits_dedup.low as ci_low_dedup,
    limits_dedup.high as ci_high_dedup,
    figures_dedup.accuracy - figures.accuracy as change
from shares
