-- prompt_slopes: From one prompt to the ensemble
-- text: A model with a prompt set that names each class once, beside the same model with several prompts a class: the set
-- and rule of the main classifier where it has them, or else all prompts. A line is a group; lines in grey could be chance.
-- empty: No model predicts from a prompt set with one prompt a class and from one with several.
-- command: facestore score raw_gender_labels
-- head: group_name
-- fold: yes
select
    slopes.dataset,
    slopes.split,
    slopes.attribute,
    slopes.model,
    slopes.group_attribute,
    slopes.group_name,
    slopes.n_samples,
    slopes.accuracy_single,
    slopes.accuracy_ensemble,
    slopes.difference,
    slopes.ci_low,
    slopes.ci_high,
    slopes.p_value as p_value_holm,
    slopes.verdict,
    many.prompt_set,
    many.rule,
    slopes.classifier_single,
    slopes.classifier_ensemble as classifier
from prompt_slopes as slopes
inner join classifier_names as many on slopes.classifier_ensemble = many.classifier
order by
    slopes.dataset,
    slopes.split,
    list_position(['gender', 'race', 'age'], slopes.attribute),
    slopes.attribute,
    slopes.model,
    slopes.group_attribute <> 'overall',
    slopes.group_name
