-- classifier_names: Short names of classifiers
-- text: On charts and in sentences what all classifiers of an attribute have in common is left out of their names.
-- empty: There are no classifiers yet.
-- head: short_name
-- fold: yes
select
    short_name,
    classifier,
    attribute,
    model,
    prompt_set,
    rule
from classifier_names
order by list_position(['gender', 'race', 'age'], attribute), attribute, short_name
