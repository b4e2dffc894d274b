-- prompt_or_model: Is it the prompt, or the model?
-- text: From the lowest accuracy to the highest, over prompts and rules for one model and over models for one prompt, and
-- the groups that are worst in them. p is that of the lowest and the highest, after Holm.
-- empty: No second classifier was made from prompts with the main one's model, or with its prompts.
-- command: facestore predict --prompt-set age_race_gender_labels_v2 --attribute gender --aggregation topk --k 1 --k 11
-- head: varied
-- fold: yes
select
    prompt_or_model.dataset,
    prompt_or_model.split,
    prompt_or_model.attribute,
    prompt_or_model.varied,
    prompt_or_model.n_classifiers,
    prompt_or_model.n_prompt_sets,
    prompt_or_model.accuracy_min,
    prompt_or_model.accuracy_max,
    prompt_or_model.spread,
    prompt_or_model.p_value,
    prompt_or_model.verdict,
    array_to_string(prompt_or_model.worst_groups, ', ') as worst_groups,
    prompt_or_model.sentence
from prompt_or_model
order by
    prompt_or_model.dataset asc,
    prompt_or_model.split asc,
    list_position(['gender', 'race', 'age'], prompt_or_model.attribute) asc,
    prompt_or_model.attribute asc,
    prompt_or_model.varied desc
