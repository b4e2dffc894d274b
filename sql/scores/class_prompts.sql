-- class_prompts: how many prompts of a set name each class, and how many classes the set knows
-- grain: prompt_set, attribute, class
-- units: counts; a tie between classes goes to the lowest ordinal
-- reads: prompt_classes, classes
select
    prompt_classes.prompt_set,
    prompt_classes.attribute,
    prompt_classes.class,
    classes.ordinal,
    count(*) as n_prompts,
    count(*) over (
        partition by prompt_classes.prompt_set, prompt_classes.attribute
    ) as n_classes
from prompt_classes
inner join classes
    on
        prompt_classes.attribute = classes.attribute
        and prompt_classes.class = classes.class
group by
    prompt_classes.prompt_set,
    prompt_classes.attribute,
    prompt_classes.class,
    classes.ordinal
