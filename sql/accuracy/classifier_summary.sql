-- classifier_summary: the headline figures of a classifier on a data set
-- grain: classifier, dataset, split
-- units: all but counts are fractions; ci_low and ci_high: 95 % Wilson interval of accuracy, of n_effective samples
-- (see cluster_effects); coverage is n_samples of all labelled ones; accuracy_at_least counts the missing ones as wrong,
-- with its own interval; ci_low_balanced and ci_high_balanced: 95 % interval of balanced_accuracy
-- reads: classification_report, label_counts, cluster_effects, wilson_clustered, shrunken_share, share_limits, seen_by
-- note: macro averages go over every class that is a label or a prediction, as in scikit-learn;
-- balanced_accuracy over those that are labels; chance_adjusted_accuracy is accuracy - 1 / n_classes. A classifier that
-- answers only what is easy has a high accuracy of a small coverage: compare accuracy_at_least, the lower bound of what it
-- would be on all of them
-- source: Manski 1989, 10.2307/145818, on bounds without assumptions on what is missing
with report as (
    select
        classification_report.*,
        cluster_effects.n_effective,
        -- of each sample
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth
    from classification_report
    left join cluster_effects
        on
            classification_report.classifier = cluster_effects.classifier
            and classification_report.dataset = cluster_effects.dataset
            and classification_report.split is not distinct from cluster_effects.split
            and cluster_effects.group_attribute = 'overall'
),

averages as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sum(support)::bigint as n_samples,
        sum(recall * support) / sum(support) as accuracy,
        avg(recall) filter (where support > 0) as balanced_accuracy,
        coalesce(any_value(n_effective), sum(support)) as n_effective,
        avg(shrunken_share(recall * support * worth, support * worth)) as shrunken_recall,
        sum(
            shrunken_share(recall * support * worth, support * worth)
            * (1 - shrunken_share(recall * support * worth, support * worth))
            / nullif(support * worth, 0)
        ) / count(*) filter (where support > 0) ** 2 as variance_balanced,
        avg(precision) as macro_precision,
        avg(recall) as macro_recall,
        avg(f1) as macro_f1,
        sum(precision * support) / sum(support) as weighted_precision,
        sum(recall * support) / sum(support) as weighted_recall,
        sum(f1 * support) / sum(support) as weighted_f1,
        count(*) filter (where support > 0) as n_classes
    from report
    group by all
),

labelled as (
    select
        attribute,
        dataset,
        split,
        sum(n_samples)::bigint as n_labelled
    from label_counts
    group by all
),

totals as (
    select
        averages.*,
        share_limits(
            averages.balanced_accuracy,
            averages.shrunken_recall,
            averages.variance_balanced,
            averages.n_effective
        ) as ci_balanced,
        round(averages.accuracy * averages.n_samples) as n_correct,
        labelled.n_labelled - averages.n_samples as n_missing,
        -- counts that a write by hand made stale may say fewer; they are no reason to fail
        greatest(labelled.n_labelled, averages.n_samples) as n_labelled
    from averages
    inner join labelled
        on
            averages.attribute = labelled.attribute
            and averages.dataset = labelled.dataset
            and averages.split is not distinct from labelled.split
),

intervals as (
    select
        *,
        wilson_clustered(n_correct, n_samples, n_effective) as limits,
        wilson_clustered(n_correct, n_labelled, n_labelled * (n_effective / n_samples))
            as limits_at_least
    from totals
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    n_samples,
    n_missing,
    n_samples / n_labelled as coverage,
    accuracy,
    limits.low as ci_low,
    limits.high as ci_high,
    n_effective,
    n_correct / n_labelled as accuracy_at_least,
    limits_at_least.low as ci_low_at_least,
    limits_at_least.high as ci_high_at_least,
    balanced_accuracy,
    ci_balanced.low as ci_low_balanced,
    ci_balanced.high as ci_high_balanced,
    macro_precision,
    macro_recall,
    macro_f1,
    weighted_precision,
    weighted_recall,
    weighted_f1,
    n_classes,
    accuracy - 1 / n_classes as chance_adjusted_accuracy
from intervals
