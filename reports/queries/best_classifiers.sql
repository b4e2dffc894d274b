-- best_classifiers: Best classifier of each attribute
-- text: The classifier with the most right answers of all labelled samples, for each data set, split and
-- attribute; a sample without a prediction counts as wrong. Accuracy is a fraction of n samples, which
-- coverage is the share of, with a 95 % Wilson interval of n effective ones (pictures of one person, and copies,
-- are fewer); it was chosen on the samples it is judged on, so it flatters. Held-out accuracy judges each half of the
-- labelled samples with the classifier that is best on the other half, with its own 95 % interval. Classifiers that
-- were trained or tuned on a split are left out there.
-- head: classifier
select
    dataset,
    split,
    attribute,
    classifier,
    taxonomy,
    n_samples,
    floor(n_effective)::bigint as n_effective,
    accuracy,
    ci_low,
    ci_high,
    coverage,
    n_compared,
    held_out_accuracy,
    ci_low_held_out,
    ci_high_held_out
from best_classifier
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
