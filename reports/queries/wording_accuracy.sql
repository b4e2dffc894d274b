-- wording_accuracy: Single wordings
-- text: The accuracy of each wording of a prompt set by itself, one prompt for each class, as a dot; the wording is written
-- as for the first class. The line is the ensemble, the mean over all prompts of a class. Only sets that were scored whole
-- and have two wordings or more. p is that of Cochran's Q.
-- empty: No prompt set with several wordings is scored and has its cosines kept. A set that was
-- scored in a stream keeps none unless you first run facestore settings keep_similarities always.
-- command: facestore score age_race_gender_labels_v2
-- head: wording
-- fold: yes
select
    wording_accuracy.dataset,
    wording_accuracy.split,
    wording_accuracy.attribute,
    wording_accuracy.encoder,
    wording_accuracy.prompt_set,
    wording_accuracy.wording,
    wording_accuracy.n_samples,
    wording_accuracy.accuracy,
    wording_accuracy.ci_low,
    wording_accuracy.ci_high,
    prompt_sensitivity.ensemble_accuracy
from wording_accuracy
inner join prompt_sensitivity
    on
        wording_accuracy.encoder_id = prompt_sensitivity.encoder_id
        and wording_accuracy.prompt_set = prompt_sensitivity.prompt_set
        and wording_accuracy.attribute = prompt_sensitivity.attribute
        and wording_accuracy.dataset = prompt_sensitivity.dataset
        and wording_accuracy.split is not distinct from prompt_sensitivity.split
where prompt_sensitivity.n_wordings > 1 and prompt_sensitivity.ensemble_accuracy is not null
order by
    wording_accuracy.dataset asc,
    wording_accuracy.split asc,
    list_position(['gender', 'race', 'age'], wording_accuracy.attribute) asc,
    wording_accuracy.attribute asc,
    wording_accuracy.encoder asc,
    wording_accuracy.prompt_set asc,
    wording_accuracy.accuracy desc,
    wording_accuracy.wording asc
