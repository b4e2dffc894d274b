-- k_sweep: Accuracy over k
-- text: A zero-shot classifier sums the k prompts of each class that are most similar to the image.
-- This is its accuracy, as a fraction of n samples with a 95 % Wilson interval, for every k up to
-- the largest number of prompts of a class. The best k of a sweep was chosen on the samples it is
-- judged on, so it flatters.
-- head: k
-- fold: yes
-- empty: No labelled sample has its similarities to all prompts of a set.
-- command: facestore score age_race_gender_labels_v2
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    k,
    n_samples,
    accuracy,
    ci_low,
    ci_high,
    balanced_accuracy
from k_sweep
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set,
    k
