-- best_classifiers: Which classifier this is about
-- text: The main classifier of each data set, split and attribute: the one with the most right answers of all labelled
-- samples, where a sample without a prediction counts as wrong, or the one that was named. It was chosen on the samples it
-- is judged on, so it flatters: held-out accuracy judges each half of the labelled samples with the classifier that
-- is best on the other half. Accuracies are fractions of n samples with 95 % Wilson intervals (n effective: pictures of
-- one person, and copies, are fewer). largest class is what always answering the most frequent label would get right.
-- Classifiers that were trained or tuned on a split are left out there, unless one is named.
-- empty: No prediction meets a label of its attribute.
-- head: classifier
-- fold: yes
with largest as (
    select
        dataset,
        split,
        attribute,
        max(fraction) as largest_class,
        arg_max(label, { 'is': fraction, 'name': label }) as largest_label
    from label_counts
    group by all
)

select
    main.dataset,
    main.split,
    main.attribute,
    main.classifier,
    main.seen,
    main.taxonomy,
    main.is_named,
    main.n_samples,
    floor(summary.n_effective)::bigint as n_effective,
    main.accuracy,
    summary.ci_low,
    summary.ci_high,
    main.coverage,
    main.n_compared,
    best.held_out_accuracy,
    best.ci_low_held_out,
    best.ci_high_held_out,
    largest.largest_label,
    largest.largest_class
from main_classifiers as main
inner join classifier_summary as summary
    on
        main.classifier = summary.classifier
        and main.dataset = summary.dataset
        and main.split is not distinct from summary.split
left join best_classifier as best
    on
        main.classifier = best.classifier
        and main.dataset = best.dataset
        and main.split is not distinct from best.split
left join largest
    on
        main.dataset = largest.dataset
        and main.split is not distinct from largest.split
        and main.attribute = largest.attribute
order by main.dataset, main.split, list_position(['gender', 'race', 'age'], main.attribute), main.attribute
