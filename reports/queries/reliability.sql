-- reliability: How often predictions of about one confidence are right
-- text: Confidence is the probability that CLIP gives to the class it predicts, in 15 bins of equal width. On the dashed
-- line a confidence is worth its name; below it the model is surer than it is right.
-- empty: No encoder with a known logit scale is scored and has its cosines kept. A set that was
-- scored in a stream keeps none unless you first run facestore settings keep_similarities always.
-- command: facestore score age_race_gender_labels_v2
-- head: bin
-- fold: yes
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    aggregation,
    bin,
    confidence_from,
    confidence_to,
    n_samples,
    confidence,
    accuracy,
    ci_low,
    ci_high
from calibration_bins
where group_attribute = 'overall' and accuracy is not null
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set,
    aggregation,
    bin
