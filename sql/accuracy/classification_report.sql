-- classification_report: precision, recall, F1 and support of each class, as scikit-learn prints it
-- grain: classifier, dataset, split, class
-- units: precision, recall and f1 are fractions in [0, 1]; support counts the samples of the label
-- reads: confusion_matrix
-- note: a class never predicted has precision 0, one that never occurs as a label has recall 0
-- (zero_division=0 in scikit-learn)
with counts as (
    select
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        label as class,
        sum(n_samples) as support,
        sum(n_samples) filter (where label = predicted) as n_right
    from confusion_matrix
    group by all
),

predicted_counts as (
    select
        classifier,
        dataset,
        split,
        predicted as class,
        sum(n_samples) as n_predicted
    from confusion_matrix
    group by all
)

select
    counts.classifier,
    counts.attribute,
    counts.taxonomy,
    counts.dataset,
    counts.split,
    counts.class,
    coalesce(counts.n_right / nullif(predicted_counts.n_predicted, 0), 0) as precision,
    coalesce(counts.n_right / nullif(counts.support, 0), 0) as recall,
    -- 2 p r / (p + r) is 2 right / (predicted + labelled): defined where p and r are both 0
    2 * counts.n_right / (predicted_counts.n_predicted + counts.support) as f1,
    counts.support::bigint as support,
    predicted_counts.n_predicted::bigint as n_predicted
from counts
inner join predicted_counts
    on
        counts.classifier = predicted_counts.classifier
        and counts.dataset = predicted_counts.dataset
        and counts.split is not distinct from predicted_counts.split
        and counts.class = predicted_counts.class
