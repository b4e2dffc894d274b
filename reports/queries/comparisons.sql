-- comparisons: Comparisons of classifiers
-- text: Pairs of classifiers on the samples that both were judged on; pairs with a classifier that is
-- shown. difference is accuracy a minus accuracy b, with its 95 % interval; p is the exact test of
-- McNemar, and p after Holm takes into account that all pairs of the attribute, data set and split
-- were compared: judge by that one.
-- empty: No two classifiers of one attribute were judged on the same samples.
-- command: facestore predict --prompt-set age_race_gender_labels_v2 --attribute gender
-- show: shown
-- head: classifier_a
select
    dataset,
    split,
    attribute,
    classifier_a,
    classifier_b,
    n_samples,
    n_only_a,
    n_only_b,
    accuracy_a,
    accuracy_b,
    difference,
    ci_low,
    ci_high,
    p_value,
    p_value_holm
from classifier_comparison
order by
    dataset asc,
    split asc,
    list_position(['gender', 'race', 'age'], attribute) asc,
    attribute asc,
    greatest(accuracy_a, accuracy_b) desc,
    least(accuracy_a, accuracy_b) desc,
    classifier_a asc,
    classifier_b asc
