-- classification_report: precision, recall, F1 and support of each class, as scikit-learn prints it
-- grain: classifier, dataset, split, class
-- units: precision, recall and f1 are fractions in [0, 1]; support counts the samples of the label
-- reads: confusion_matrix, seen_by
-- note: a class never predicted has precision 0, one that never occurs as a label has recall 0
-- (zero_division=0 in scikit-learn)
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
    n_predicted::bigint as n_predicted
from counts
where label = predicted
