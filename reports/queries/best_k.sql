-- best_k: The best k, chosen honestly
-- text: accuracy is that of the best k, chosen on the samples it is judged on: it flatters.
-- held-out accuracy judges each half of the samples with the k that is best on the other half, with
-- its 95 % Wilson interval; where the two halves choose different ks, the choice is mostly noise.
-- empty: No labelled sample has its similarities to all prompts of a set.
-- command: facestore score age_race_gender_labels_v2
-- head: encoder
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    n_samples,
    k,
    accuracy,
    k_of_first_half,
    k_of_second_half,
    held_out_accuracy,
    ci_low,
    ci_high
from best_k
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set
