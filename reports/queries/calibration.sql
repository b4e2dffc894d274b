-- calibration: Confidence group by group
-- text: Confidence is the probability that CLIP gives to the class it predicts. Overconfidence is mean
-- confidence minus accuracy; the expected calibration error is the mean distance of the two over 15
-- bins, with its 95 % interval, and what it would be by chance if confidence were right. Small groups
-- have larger errors for that alone: only an interval that begins above 0 says that confidence is wrong.
-- empty: No encoder with a known logit scale is scored and has its cosines kept. A set that was
-- scored in a stream keeps none unless you first run facestore settings keep_similarities always.
-- command: facestore score age_race_gender_labels_v2
-- head: group_name
-- fold: yes
select
    dataset,
    split,
    attribute,
    encoder,
    prompt_set,
    aggregation,
    group_attribute,
    group_name,
    n_samples,
    accuracy,
    confidence,
    overconfidence,
    expected_calibration_error,
    ci_low,
    ci_high,
    calibration_error_by_chance,
    maximum_calibration_error
from calibration
where not contains(group_attribute, ' x ')
order by
    dataset,
    split,
    list_position(['gender', 'race', 'age'], attribute),
    attribute,
    encoder,
    prompt_set,
    aggregation,
    list_position(['overall', 'gender', 'race', 'age'], group_attribute),
    group_attribute,
    group_name
