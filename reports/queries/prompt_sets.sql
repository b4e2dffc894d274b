-- prompt_sets: Prompt sets
-- text: The prompt sets that have similarities or classifiers here, and how many prompts each has.
-- empty: No prompt set was used.
-- command: facestore score age_race_gender_labels_v2
-- head: prompt_set
with used as (
    select prompt_set from classifiers
    union
    select prompt_set from prompt_set_members
    where prompt_id in (select similarities.prompt_id from similarities)
    union
    select prompt_set from streams
)

select
    prompt_sets.prompt_set,
    count(*) as n_prompts,
    prompt_sets.description
from prompt_sets
inner join prompt_set_members using (prompt_set)
where prompt_sets.prompt_set in (select used.prompt_set from used)
group by all
order by prompt_sets.prompt_set
