-- prompt_sensitivity: How much the wording decides
-- text: The spread of the accuracies of single wordings of a prompt set, beside the mean spread that wordings
-- would have which are all equally good (chance_spread), and the p of Cochran's Q, which tests whether they are on
-- the samples that all of them judged. The ensemble is the mean over all prompts of a class; the best wording was
-- chosen on the samples it is judged on.
-- empty: No prompt set with several wordings is scored and has its cosines kept. A set that was
-- scored in a stream keeps none unless you first run facestore settings keep_similarities always.
-- command: facestore score age_race_gender_labels_v2
-- head: encoder
-- fold: yes
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    n_samples,
    n_wordings,
    accuracy_min,
    accuracy_max,
    accuracy_mean,
    accuracy_spread,
    accuracy_sd,
    n_paired,
    chance_spread,
    cochran_q,
    p_value,
    ensemble_accuracy,
    best_wording,
    worst_wording
from prompt_sensitivity
where n_wordings > 1 and ensemble_accuracy is not null
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set
