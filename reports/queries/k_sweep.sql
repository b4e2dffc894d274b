-- k_sweep: Accuracy over k
-- text: A zero-shot classifier sums the k prompts of each class that are most similar to the picture. These are its
-- accuracies with a 95 % interval, of all faces and of the worst group of the main classifier. They come from
-- predictions of classifiers that differ in k alone, or from similarities, which give every k. The best k of a curve was
-- chosen on the faces it is judged on, so it flatters.
-- head: k
-- fold: yes
-- empty: No two classifiers differ in k alone, and no labelled sample has its similarities to several prompts of a class.
-- command: facestore score age_race_gender_labels_v2
select
    dataset,
    split,
    attribute,
    model,
    encoder,
    prompt_set,
    group_attribute,
    group_name,
    k,
    source,
    seen,
    n_samples,
    accuracy,
    ci_low,
    ci_high,
    classifier
from k_curves
where n_ks > 1
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    model,
    encoder,
    prompt_set,
    group_attribute <> 'overall',
    group_name,
    k
