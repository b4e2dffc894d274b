-- best_k: The best k, chosen honestly
-- text: accuracy is that of the best k, chosen on the faces it is judged on: it flatters. held-out accuracy judges each
-- half of the faces with the k that is best on the other half, with its 95 % Wilson interval; where the two halves choose
-- different ks, the choice is mostly noise. p is that of the two ks that differ most surely, after Holm.
-- empty: No two classifiers differ in k alone, and no labelled sample has its similarities to several prompts of a class.
-- command: facestore score age_race_gender_labels_v2
-- head: encoder
-- fold: yes
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    source,
    seen,
    n_samples,
    n_ks,
    k_max as k,
    accuracy_max as accuracy,
    k_of_first_half,
    k_of_second_half,
    held_out_accuracy,
    ci_low,
    ci_high,
    k_better,
    k_worse,
    difference,
    p_value as p_value_holm,
    verdict
from k_choices
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set
