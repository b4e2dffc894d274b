-- accuracy_if_relabelled: between which bounds an accuracy would lie if suspect labels were changed
-- grain: classifier, dataset, split
-- units: accuracies are fractions in [0, 1] of n_samples; accuracy_low: only those suspects are changed
-- which the classifier has right now; accuracy_high: only those where it says the agreed class;
-- accuracy_relabelled: all of them
-- reads: relabelled_counts, seen_by
-- note: circular: the classifiers that are judged decide which labels are suspect, this one among them,
-- so accuracy_relabelled flatters whoever agrees with the others. The bounds say how much could hang on
-- these labels; that they are wrong is for people to say. Wrong labels which no judges agree against are
-- not in the bounds. By group: label_noise_by_group
with counts as (
    select
        classifier_id,
        classifier,
        attribute,
        taxonomy,
        dataset,
        split,
        sum(n_samples)::bigint as n_samples,
        sum(n_correct)::bigint as n_correct,
        sum(n_suspects)::bigint as n_suspects,
        sum(n_lost)::bigint as n_lost,
        sum(n_gained)::bigint as n_gained
    from relabelled_counts
    group by all
)

select
    classifier_id,
    classifier,
    attribute,
    taxonomy,
    dataset,
    split,
    seen_by(classifier, dataset, split) as seen,
    n_samples,
    n_suspects,
    n_correct / n_samples as accuracy,
    (n_correct - n_lost) / n_samples as accuracy_low,
    (n_correct + n_gained) / n_samples as accuracy_high,
    (n_correct - n_lost + n_gained) / n_samples as accuracy_relabelled
from counts
