-- prompts_by_class: the prompts of a set that name a class of an attribute, as one list
-- grain: prompt_set, attribute
-- units: prompts has class and text of each, in the order of the classes, then of the texts
-- reads: prompt_classes, prompts, class_prompts
select
    prompt_classes.prompt_set,
    prompt_classes.attribute,
    list(
        prompt_classes.class || ': ' || prompts.text
        order by class_prompts.place, prompts.text
    ) as prompts
from prompt_classes
inner join prompts using (prompt_id)
inner join class_prompts using (prompt_set, attribute, class)
group by all
