-- best_classifiers: Best classifier of each attribute
-- text: The classifier with the most right answers of all labelled samples, for each data set, split and
-- attribute; a sample without a prediction counts as wrong. Accuracy is a fraction of n samples, which
-- coverage is the share of, with a 95 % Wilson interval of n effective ones (pictures of one person, and copies, are fewer); it was chosen on the samples it is judged on,
-- so it flatters. Classifiers that were trained or tuned on a split are left out there.
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
    count(*) over (partition by dataset, split, attribute) as n_compared
from classifier_summary
where seen is null
qualify
    row_number() over (
        partition by dataset, split, attribute
        order by accuracy_at_least desc, n_samples desc, classifier asc
    ) = 1
order by dataset, split, list_position(['gender', 'race', 'age'], attribute), attribute
