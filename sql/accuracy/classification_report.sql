-- classification_report: precision, recall, F1 and support of each class, as scikit-learn prints it
-- grain: classifier, dataset, split, class
-- units: precision, recall and f1 are fractions in [0, 1]; support counts the samples of the label; ci_low and ci_high
-- of precision and recall: 95 % Wilson intervals, NULL where nothing was counted
-- reads: confusion_matrix, cluster_effects, wilson_low, wilson_high, seen_by
-- note: a class never predicted has precision 0, one that never occurs as a label has recall 0
-- (zero_division=0 in scikit-learn). Where samples show the same person intervals are of fewer ones (see cluster_effects)
with counts as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        label,
        predicted,
        n_samples as n_right,
        sum(n_samples) over (partition by classifier, dataset, split, label) as support,
        sum(n_samples) over (partition by classifier, dataset, split, predicted) as n_predicted
    from confusion_matrix
),

weighed as (
    select
        counts.*,
        coalesce(cluster_effects.n_effective / cluster_effects.n_samples, 1) as worth
    from counts
    left join cluster_effects
        on
            counts.classifier = cluster_effects.classifier
            and counts.dataset = cluster_effects.dataset
            and counts.split is not distinct from cluster_effects.split
            and cluster_effects.group_attribute = 'overall'
    where counts.label = counts.predicted
)

select
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    label as class,
    coalesce(n_right / nullif(n_predicted, 0), 0) as precision,
    coalesce(n_right / nullif(support, 0), 0) as recall,
    -- 2 p r / (p + r) is 2 right / (predicted + labelled): defined where p and r are both 0
    2 * n_right / (n_predicted + support) as f1,
    support::bigint as support,
    n_predicted::bigint as n_predicted,
    wilson_low(n_right * worth, n_predicted * worth) as ci_low_precision,
    wilson_high(n_right * worth, n_predicted * worth) as ci_high_precision,
    wilson_low(n_right * worth, support * worth) as ci_low_recall,
    wilson_high(n_right * worth, support * worth) as ci_high_recall
from weighed
