-- class_prompts: how many prompts of a set name each class, and how many classes the set knows
-- grain: prompt_set, attribute, class
-- units: counts; place is that of the class among those of the set, 1 for the lowest ordinal, to which
-- a tie goes; k_max is the largest n_prompts of the attribute
-- reads: prompt_classes, classes
with counted as (
    select
        prompt_classes.prompt_set,
        prompt_classes.attribute,
        prompt_classes.class,
        classes.ordinal,
        count(*) as n_prompts
    from prompt_classes
    inner join classes using (attribute, class)
    group by all
)

select
    prompt_set,
    attribute,
    class,
    ordinal,
    n_prompts,
    count(*) over (partition by prompt_set, attribute) as n_classes,
    max(n_prompts) over (partition by prompt_set, attribute) as k_max,
    (row_number() over (partition by prompt_set, attribute order by ordinal, class))::integer
        as place
from counted
