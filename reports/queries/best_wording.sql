-- best_wording: The best wording, chosen honestly
-- text: accuracy is that of the best single wording of a prompt set, chosen on the samples it is judged on: it flatters.
-- held-out accuracy judges each half of the samples with the wording that is best on the other half, with
-- its 95 % Wilson interval.
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
    n_wordings,
    n_samples,
    wording,
    accuracy,
    wording_of_first_half,
    wording_of_second_half,
    held_out_accuracy,
    ci_low,
    ci_high
from best_wording
where n_wordings > 1
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set
